using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Pump;

/// <summary>What a pump does, in small steps without waiting: recover, then pass after pass; then drain.</summary>
/// <remarks>One thread at a time, but for what comes back by <see cref="IChainOwner"/>. Knows no thread and no clock.</remarks>
internal sealed partial class PumpLoop : IChainOwner
{
    /// <summary>Most batches that are published before the driver is told, if it wants to be.</summary>
    private const int MostUntold = 4;

    private readonly QueueSetup _setup;
    private readonly DeviceRing _ring;
    private readonly QueueHandler _handler;
    private readonly Action<PumpStep>? _probe;
    private readonly CompletionQueue _returned = new();
    private readonly CompletionOrder _order;
    private readonly Queue<DescriptorChain> _backlog = new();
    private readonly List<DescriptorChain> _released = [];
    private readonly DescriptorChain[] _batch;
    private readonly bool _handlerFollows;
    private readonly Doorbell _doorbell;
    private int _thread;
    private int _handed;
    private bool _draining;
    private bool _notify;
    private int _untold;
    private PumpCountersCell _counters;

    internal PumpLoop(QueueSetup setup, QueueHandler handler, PumpOptions options, Doorbell doorbell)
    {
        (_setup, _handler, _doorbell, _probe) = (setup, handler, doorbell, options.Probe);
        setup.Journal.Probe = options.Probe;
        _handlerFollows = handler.FollowsPublication;
        _ring = DeviceRing.Create(setup, this);
        _order = new CompletionOrder(setup.Size, (setup.Features & VirtioFeatures.InOrder) != 0);
        _batch = new DescriptorChain[Math.Min(options.Batch, Math.Max(setup.Size, (ushort)1))];
    }

    /// <summary>Why the loop ended by itself; null while it goes on.</summary>
    internal PumpEnd? End { get; private set; }

    /// <summary>How many chains the handler has.</summary>
    internal int Handed => Volatile.Read(ref _handed);

    /// <summary>The counters; any thread.</summary>
    internal PumpCounters Counters => _counters.Read();

    /// <summary>Whether a chain could be taken from the ring now, as far as the handler is concerned.</summary>
    internal bool WantsChains => !_draining && End is null && _backlog.Count == 0 && _handler.Demand > 0;

    /// <summary>Whether a pass would find something to do. A few loads.</summary>
    internal bool HasWork => !_returned.IsEmpty || (!_draining && _handler.Demand > 0 && (_backlog.Count > 0 || _ring.HasAvailable));

    /// <summary>Does one round: what came back, a batch from the ring, one publication, one decision on notification.</summary>
    /// <returns>Whether there was anything to do.</returns>
    internal bool Pass()
    {
        _counters.Passes++;
        if (!MayRun()) { return TakeReturned(); }
        bool worked = TakeReturned();
        if (!_draining) { worked |= HandleBacklog() || HandleBatch(); }
        Publish();
        // While more is waiting, the driver hears of several batches at once; a round that finds nothing always tells.
        if (!worked || _draining || ++_untold == MostUntold || !_ring.HasAvailable) { Notify(); }
        // A failure that this round found is work for the next one: a pump that slept on it would not tell of it.
        return worked || _ring.Failure is not null;
    }

    /// <summary>Takes no chain any more, and tells the handler. Idempotent.</summary>
    internal void BeginDrain()
    {
        if (_draining) { return; }
        _draining = true;
        Guard(static loop => loop._handler.Stop());
    }

    /// <summary>The queue was drained in order: says where the ring stands, and lets the journal go if it holds nothing.</summary>
    internal QueueState Close()
    {
        if (End is not null || !MayRun()) { return _ring.State; }
        List<DescriptorChain> left = [.. _released, .. _backlog, .. _order.Waiting];
        if (CanRewind(left)) { _ring.Rewind(left); }
        if (_ring.Chains.Taken == 0 && !_setup.KeepsJournal) { _ring.CloseJournal(); }
        return _ring.State;
    }

    /// <summary>Asks for kicks if the ring's chains are wanted, or says that they are not needed.</summary>
    internal void ListenForKicks(bool listen)
    {
        if (End is not null) { return; }
        if (listen) { _ring.EnableKicks(); }
        else { _ring.DisableKicks(); }
    }

    /// <summary>Counts a wake-up by the driver.</summary>
    internal void CountKick() => _counters.Kicks++;

    /// <summary>Ends the loop by itself; the first reason stays.</summary>
    internal void EndBy(PumpEnd end) => End ??= end;

    void IChainOwner.Started(DescriptorChain chain)
    {
        if (!_setup.Epoch.IsCurrent) { return; }
        _setup.Journal.RecordStarted(chain.Slot, chain.Sequence);
        _probe?.Invoke(PumpStep.Started);
    }

    void IChainOwner.Completed(DescriptorChain chain)
    {
        // A right that is over must not write into what may be another owner's journal.
        if (_setup.Epoch.IsCurrent) { _setup.Journal.RecordFinished(chain.Slot, chain.Sequence, chain.Written); }
        _probe?.Invoke(PumpStep.Finished);
        TakeBack(chain);
    }

    void IChainOwner.Released(DescriptorChain chain) => TakeBack(chain);

    private void TakeBack(DescriptorChain chain)
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            Settle(chain);
            return;
        }
        _returned.Push(chain);
        _doorbell.Rouse();
    }

    private void Settle(DescriptorChain chain)
    {
        // A handler that gave a chain to another thread and threw then may hear of it twice; once is enough.
        if (!chain.IsCounted) { return; }
        chain.IsCounted = false;
        _handed--;
        if (chain.State is ChainState.Completed) { _order.Completed(chain); }
        else { _released.Add(chain); }
    }

    private bool MayRun()
    {
        if (End is PumpEnd.Faulted) { return _setup.Epoch.IsCurrent && !_setup.Memory.IsFaulted && !_setup.Journal.IsFaulted && _ring.Failure is null; }
        if (End is not null) { return false; }
        if (!_setup.Epoch.IsCurrent) { EndBy(new PumpEnd.Fenced()); }
        else if (_setup.Memory.IsFaulted) { EndBy(new PumpEnd.RingFailed("guest memory was cut short or taken away by its owner")); }
        else if (_setup.Journal.IsFaulted) { EndBy(new PumpEnd.RingFailed("the journal's file was cut short by its owner")); }
        else if (_ring.Failure is { } reason) { EndBy(new PumpEnd.RingFailed(reason)); }
        return End is null;
    }

    private bool TakeReturned()
    {
        DescriptorChain? chain = _returned.TakeAll();
        bool any = chain is not null;
        while (chain is not null)
        {
            DescriptorChain? next = chain.Link;
            chain.Link = null;
            Settle(chain);
            chain = next;
        }
        return any;
    }

    private bool HandleBacklog()
    {
        if (_backlog.Count == 0) { return false; }
        int count = Math.Min(Math.Min(_handler.Demand, _batch.Length), _backlog.Count);
        for (int i = 0; i < count && End is null; i++) { Hand(_backlog.Dequeue()); }
        return count > 0;
    }

    private bool HandleBatch()
    {
        if (_backlog.Count > 0) { return false; }
        int demand = Math.Min(_handler.Demand, _batch.Length);
        if (demand <= 0) { return false; }
        int count = _ring.Fetch(_batch.AsSpan(0, demand));
        // What was read may have been the zeroes behind the end of a file that was cut: no handler sees it then.
        if (count > 0 && !MayRun()) { return false; }
        for (int i = 0; i < count; i++) { _order.Fetched(_batch[i]); }
        _counters.Fetched += (ulong)count;
        for (int i = 0; i < count && End is null; i++) { Hand(_batch[i]); }
        return count > 0;
    }

    private void Hand(DescriptorChain chain)
    {
        Count(chain);
        try
        {
            _handler.Handle(chain);
        }
        catch (Exception exception)
        {
            Abandon(chain);
            EndBy(new PumpEnd.Faulted(exception));
        }
    }

    private void Count(DescriptorChain chain)
    {
        _handed++;
        chain.IsCounted = true;
        chain.State = ChainState.Handed;
    }

    private void Abandon(DescriptorChain chain)
    {
        if (chain.State is not ChainState.Handed) { return; }
        chain.State = ChainState.Abandoned;
        chain.IsCounted = false;
        _handed--;
    }

    private bool Guard(DescriptorChain chain, Action<PumpLoop> call)
    {
        if (!Guard(call)) { Abandon(chain); }
        return End is null;
    }

    private bool Guard(Action<PumpLoop> call)
    {
        try
        {
            call(this);
        }
        catch (Exception exception)
        {
            EndBy(new PumpEnd.Faulted(exception));
            return false;
        }
        return true;
    }

    private void Publish()
    {
        ReadOnlySpan<DescriptorChain> ready = _order.Ready;
        if (_ring.Failure is not null) { return; }
        if (ready.Length > 0)
        {
            if (_handlerFollows) { Announce(ready); }
            _ring.Publish(ready);
            _counters.Completed += (ulong)ready.Length;
            _order.Clear();
        }
    }

    private void Notify()
    {
        _untold = 0;
        if (_ring.Failure is not null) { return; }
        if (_ring.DecideNotification() | _notify)
        {
            _notify = false;
            _setup.Call?.Signal();
            _counters.Notifications++;
        }
        if (_handlerFollows) { _handler.Published(); }
    }

    private void Announce(ReadOnlySpan<DescriptorChain> ready)
    {
        foreach (DescriptorChain chain in ready) { _handler.Publishing(chain); }
    }

    /// <summary>The newest fetched chains can go back to the ring if none of them had an effect and no older one is left.</summary>
    private bool CanRewind(List<DescriptorChain> left)
    {
        if (left.Count == 0 || left.Count != _ring.Chains.Taken) { return false; }
        ulong first = _setup.Journal.NextSequence - (ulong)left.Count;
        return left.TrueForAll(chain => chain.State is not ChainState.Completed && !chain.IsStarted && chain.Sequence >= first);
    }
}

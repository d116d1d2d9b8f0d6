using Stratos.Fabric.Devices.Transfers;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>Serves the request queue (virtio 1.4, section 5.16.6): a group of requests is one transfer on the bus.</summary>
/// <remarks>
/// <para>A group is run when its last request is there. A driver whose ring had no room for the rest of a group, or that
/// waits for a part before it sends the next, is served too: what has come is run when nothing more came for
/// <see cref="Patience"/>, and the group goes on with the next request.</para>
/// <para>No message is put on the bus twice in silence. Before the effect, the ledger says which requests the transfer
/// stands for; the port counts it as done when their results are with the driver; the ledger says the result before they
/// are completed. After a crash, requests that the ledger does not know had no effect; of those it knows it has the
/// result, or asks the port, or fails them.</para>
/// </remarks>
internal sealed class I2cHandler : QueueHandler
{
    /// <summary>How long a group may stay without its next request before what has come is run.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(2);

    private readonly I2cServices _services;
    private readonly QueueContext _queue;
    private readonly TransferLedger _ledger;
    private readonly Queue<I2cRequest> _waiting;
    private readonly I2cGroup _group;
    private readonly Action<I2cResult> _deliver;
    private readonly Action _run;
    private readonly ITimer _timer;
    private readonly object _gate = new();
    private TransferRecord _last;
    private long _lastAdded;
    private bool _recovered;
    private bool _armed;
    private bool _busy;
    private bool _delivered;
    private bool _stopped;

    public I2cHandler(I2cServices services, QueueContext queue, TransferLedger ledger)
    {
        (_services, _queue, _ledger) = (services, queue, ledger);
        _waiting = new(queue.Size);
        _group = new(queue.Size);
        _deliver = Deliver;
        _run = RunPosted;
        _timer = services.Time.CreateTimer(static handler => ((I2cHandler)handler!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (!queue.Resumed || ledger.Client == 0) { ledger.BeginSession(services.Port.Join); }
    }

    public override ReplayClass Replay => ReplayClass.Unrepeatable;

    public override void Handle(DescriptorChain chain)
    {
        lock (_gate)
        {
            Recover();
            if (_last.Contains(chain.Sequence))
            {
                chain.Complete(Decide(chain));
                return;
            }
            if (chain.WritableLength == 0) { _services.Context.Warn(_queue.Name, "a request without room for its status byte was returned unserved"); }
            _waiting.Enqueue(I2cRequest.Decode(chain, _services.Access));
            Advance();
        }
    }

    public override Resolution Resolve(DescriptorChain chain)
    {
        lock (_gate)
        {
            Recover();
            return _last.Contains(chain.Sequence) ? Resolution.Complete(Decide(chain)) : Resolution.Run;
        }
    }

    public override void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _timer.Dispose();
            if (!_busy) { _group.Release(); }
            while (_waiting.TryDequeue(out I2cRequest request)) { request.Chain.Release(); }
        }
    }

    /// <summary>Finds out, once, how the newest transfer of a previous owner ended.</summary>
    private void Recover()
    {
        if (_recovered) { return; }
        _recovered = true;
        _last = _ledger.Read();
        if (_last.IsOver) { return; }
        TransferFate fate = _services.Port.Recall(new(_ledger.Client, _last.First));
        if (fate.Knowledge is TransferKnowledge.None)
        {
            _services.Context.Warn(_queue.Name, "nobody knows what became of a transfer whose server died; it was failed, not repeated");
        }
        Remember(fate.Knowledge is TransferKnowledge.NotDone
            ? default(TransferRecord) with { IsOver = true }
            : _last with { Completed = Math.Min(fate.Completed, _last.Count), IsOver = true });
    }

    private void Remember(TransferRecord record)
    {
        _ledger.Write(record);
        _last = record;
    }

    /// <summary>Answers a request that the newest transfer stood for. What it read is with the driver already.</summary>
    private uint Decide(DescriptorChain chain)
    {
        if (chain.WritableLength > 0) { I2cRequest.WriteStatus(chain, _last.Succeeded(chain.Sequence)); }
        return I2cRequest.WrittenLength(chain);
    }

    /// <summary>Takes up what waits and runs what is whole. With the gate held.</summary>
    private void Advance()
    {
        while (!_busy && !_stopped && Gather()) { Start(); }
        if (!_busy && _group.Count > 0) { Arm(Patience); }
    }

    /// <summary>Adds what waits to the group; true when the group is whole.</summary>
    private bool Gather()
    {
        while (!_group.IsClosed && _waiting.TryPeek(out I2cRequest request))
        {
            if (!_group.Takes(request)) { return true; }
            _group.Add(_waiting.Dequeue());
            _lastAdded = _services.Time.GetTimestamp();
        }
        return _group.IsClosed;
    }

    private void Start()
    {
        if (_services.Thread is { } thread)
        {
            _busy = true;
            thread.Post(_run);
        }
        else
        {
            Run();
        }
    }

    private void RunPosted()
    {
        Run();
        lock (_gate)
        {
            _busy = false;
            Advance();
        }
    }

    /// <summary>Runs the group: the transfer, its results, its completions.</summary>
    private void Run()
    {
        int sound = _last.FailsNext ? 0 : _group.Sound;
        TransferRecord record = _group.Record;
        int completed = 0;
        if (sound > 0)
        {
            ReadOnlySpan<I2cMessage> messages = _group.Begin(sound);
            _ledger.Write(record);
            completed = Transfer(messages).Completed;
        }
        else
        {
            _group.Deliver(completed: 0);
        }
        Remember(record with { Completed = completed, IsOver = true });
        _group.Complete();
    }

    private I2cResult Transfer(ReadOnlySpan<I2cMessage> messages)
    {
        _delivered = false;
        I2cResult result;
        try
        {
            result = _services.Port.Transfer(new(_ledger.Client, _group.Record.First), messages, _deliver);
        }
        catch (Exception failure)
        {
            _services.Context.Warn(_queue.Name, $"the bus failed unexpectedly: {failure.Message}");
            result = new(0, I2cFault.AdapterFailed);
        }
        if (result.Fault is I2cFault.TimedOut or I2cFault.AdapterFailed) { _services.Context.Warn(_queue.Name, "a transfer failed for a reason that is not the guest's: the bus is stuck or the adapter is gone"); }
        if (!_delivered || result.Fault is I2cFault.AdapterFailed) { _group.Deliver(result.Completed); }
        return result;
    }

    private void Deliver(I2cResult result)
    {
        _delivered = true;
        _group.Deliver(result.Completed);
    }

    private void Arm(TimeSpan time)
    {
        if (_armed) { return; }
        _armed = true;
        _timer.Change(time, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs what there is of a group that has been incomplete for too long.</summary>
    private void OnTimer()
    {
        lock (_gate)
        {
            _armed = false;
            if (_stopped || _busy || _group.Count == 0) { return; }
            TimeSpan quiet = _services.Time.GetElapsedTime(_lastAdded);
            if (quiet < Patience) { Arm(Patience - quiet); }
            else
            {
                Start();
                Advance();
            }
        }
    }
}

using System.Runtime.CompilerServices;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>The device's side of a split virtqueue (virtio 1.4, section 2.7).</summary>
internal sealed unsafe class SplitRing : DeviceRing
{
    private const int UsedElement = 8;

    private readonly SplitJournal _journal;
    private readonly bool _indirect;
    private readonly bool _inOrder;
    private readonly ushort _mask;
    private readonly byte* _descriptors;
    private readonly ushort* _availRing;
    private readonly byte* _usedRing;
    private readonly SplitIndices _indices;
    private readonly SplitNotifications _notifications;
    private readonly UsedRingLog _usedLog;
    private readonly QueueState _initial;
    private ushort _nextAvail;
    private ushort _availSeen;
    private ushort _used;

    internal SplitRing(QueueSetup setup, IChainOwner owner) : base(setup, owner)
    {
        _journal = (SplitJournal)setup.Journal;
        _initial = setup.State;
        _indirect = (setup.Features & VirtioFeatures.IndirectDescriptors) != 0;
        _inOrder = (setup.Features & VirtioFeatures.InOrder) != 0;
        _mask = (ushort)(Size - 1);
        if (Size == 0 || (Size & _mask) != 0 || Size > 32768) { Fail($"the queue's size is {Size}, which is not a power of two up to 32768"); }
        _descriptors = (byte*)Area("descriptor table", setup.Addresses.Descriptors, (ulong)Size * RingDescriptor.Size, 16);
        byte* avail = (byte*)Area("available ring", setup.Addresses.Driver, 6 + (2UL * Size), 2);
        byte* used = (byte*)Area("used ring", setup.Addresses.Device, 6 + ((ulong)UsedElement * Size), 4);
        _availRing = (ushort*)(avail + 4);
        _usedRing = used + 4;
        _indices = new SplitIndices(avail, used);
        _notifications = new SplitNotifications(avail, used, Size, (setup.Features & VirtioFeatures.EventIndex) != 0);
        _usedLog = new UsedRingLog(setup.DirtyLog, setup.UsedRingLogAddress ?? setup.Addresses.Device, Size);
    }

    /// <inheritdoc/>
    internal override QueueState State => new(_nextAvail, true, _used, true);

    /// <inheritdoc/>
    internal override bool HasAvailable => Failure is null && Chains.HasRoom && (_availSeen != _nextAvail || _indices.ReadAvail() != _nextAvail);

    /// <inheritdoc/>
    internal override InFlightRequest[] Open()
    {
        if (Failure is not null) { return []; }
        _used = _indices.ReadUsed();
        // In order, all that is not used is unfinished. A frontend that lost the previous backend may name an index
        // beyond that; the requests in between would never come back.
        _nextAvail = _inOrder ? _used : _initial.AvailIndex;
        InFlightRequest[] requests = [];
        if (!_journal.IsInitialised)
        {
            if ((ushort)(_nextAvail - _used) > Size)
            {
                Fail($"the queue is to begin at available index {_nextAvail}, and its used index is {_used}; they differ by more than its size, {Size}");
                return [];
            }
            _journal.Initialise(_used);
        }
        else if (_journal.Recover(_used, Size, out requests) is { } problem)
        {
            Fail(problem);
            return [];
        }
        else
        {
            // Whatever was fetched is either used or in flight, so this is where the dead owner stopped fetching.
            _nextAvail = (ushort)(_used + requests.Length);
        }
        _availSeen = _nextAvail;
        _notifications.Begin(_used);
        return requests;
    }

    /// <inheritdoc/>
    internal override int Fetch(Span<DescriptorChain> chains)
    {
        if (Failure is not null) { return 0; }
        int available = (ushort)(_availSeen - _nextAvail);
        if (available == 0)
        {
            _availSeen = _indices.ReadAvail();
            available = (ushort)(_availSeen - _nextAvail);
            if (available > Size)
            {
                Fail($"the available index is {_availSeen} and {_nextAvail} comes next; that is {available} ahead in a queue of {Size}");
                _availSeen = _nextAvail;
                return 0;
            }
        }
        int wanted = Math.Min(available, chains.Length);
        int count = 0;
        while (count < wanted && Chains.HasRoom && FetchOne(out DescriptorChain chain)) { chains[count++] = chain; }
        return count;
    }

    /// <inheritdoc/>
    internal override DescriptorChain? Restore(InFlightRequest request)
    {
        DescriptorChain chain = Chains.Take(request.Slot);
        if (!Assemble(chain, request.Slot)) { return null; }
        (chain.Id, chain.Sequence) = (request.Slot, request.Sequence);
        Chains.Keep(chain);
        return chain;
    }

    /// <inheritdoc/>
    internal override void Publish(ReadOnlySpan<DescriptorChain> chains)
    {
        MarkBuffers(chains);
        ushort first = _used;
        foreach (DescriptorChain chain in chains)
        {
            _journal.Retire(chain.Slot);
            Unsafe.WriteUnaligned(_usedRing + ((_used & _mask) * UsedElement), chain.Id | ((ulong)chain.Written << 32));
            _used++;
            Step(PumpStep.UsedWritten);
        }
        _usedLog.MarkElements(first, chains.Length);
        _indices.WriteUsed(_used);
        _usedLog.MarkIndex();
        Step(PumpStep.Published);
        _journal.Commit(chains, _used);
        Step(PumpStep.Committed);
        Retire(chains);
    }

    /// <inheritdoc/>
    internal override bool DecideNotification() => _notifications.Decide(_used);

    /// <inheritdoc/>
    internal override void EnableKicks()
    {
        _notifications.EnableKicks(_nextAvail);
        _usedLog.MarkEvents();
    }

    /// <inheritdoc/>
    internal override void DisableKicks()
    {
        if (_notifications.DisableKicks()) { _usedLog.MarkEvents(); }
    }

    /// <inheritdoc/>
    internal override void Rewind(IReadOnlyCollection<DescriptorChain> chains)
    {
        _nextAvail -= (ushort)chains.Count;
        _availSeen = _nextAvail;
        foreach (DescriptorChain chain in chains) { Chains.Return(chain); }
    }

    private bool FetchOne(out DescriptorChain chain)
    {
        chain = null!;
        ushort head = Volatile.Read(ref _availRing[_nextAvail & _mask]);
        if (head >= Size) { return Fail($"the available ring names descriptor {head} in a queue of {Size}"); }
        if (Chains.IsTaken(head)) { return Fail($"descriptor {head} was made available again while it is in flight"); }
        chain = Chains.Take(head);
        if (!Assemble(chain, head))
        {
            chain.State = ChainState.Idle;
            return false;
        }
        Step(PumpStep.Fetching);
        chain.Id = head;
        chain.Sequence = _journal.RecordFetched(head);
        _nextAvail++;
        Chains.Keep(chain);
        return Step(PumpStep.Fetched);
    }

    private bool Assemble(DescriptorChain chain, ushort head)
    {
        Assembler.Begin(chain);
        RingDescriptor descriptor = RingDescriptor.Read(_descriptors + (head * RingDescriptor.Size));
        // A single buffer is the common case; everything else takes the walk.
        bool good = (descriptor.SplitFlags & (DescriptorFlags.Next | DescriptorFlags.Indirect)) == 0
            ? Assembler.Add(descriptor.Address, descriptor.Length, (descriptor.SplitFlags & DescriptorFlags.Write) != 0)
            : new SplitChainWalk(Assembler, _indirect).Walk((nint)_descriptors, Size, descriptor);
        return good || Fail($"the chain at descriptor {head} is malformed: {Assembler.Problem}");
    }
}

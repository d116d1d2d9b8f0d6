using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>The device's side of a packed virtqueue (virtio 1.4, section 2.8).</summary>
internal sealed unsafe class PackedRing : DeviceRing
{
    private const int SuppressionLength = 4;

    private readonly PackedJournal _journal;
    private readonly bool _indirect;
    private readonly PackedSlots _slots;
    private readonly PackedNotifications _notifications;
    private readonly PackedPublisher _publisher;
    private readonly RingAddresses _addresses;
    private readonly QueueState _initial;
    private readonly RingDescriptor[] _descriptors;
    private readonly bool[] _ids;
    private PackedPosition _next;
    private PackedPosition _used;
    private int _inFlight;

    internal PackedRing(QueueSetup setup, IChainOwner owner) : base(setup, owner)
    {
        _journal = (PackedJournal)setup.Journal;
        _initial = setup.State;
        _addresses = setup.Addresses;
        _indirect = (setup.Features & VirtioFeatures.IndirectDescriptors) != 0;
        _descriptors = new RingDescriptor[Size];
        _ids = new bool[Size];
        if (Size is 0 or > 32768) { Fail($"the queue's size is {Size}, which is not 1 to 32768"); }
        byte* ring = (byte*)Area("descriptor ring", _addresses.Descriptors, (ulong)Size * RingDescriptor.Size, 16);
        byte* driver = (byte*)Area("driver event suppression", _addresses.Driver, SuppressionLength, 4);
        byte* device = (byte*)Area("device event suppression", _addresses.Device, SuppressionLength, 4);
        _slots = new PackedSlots(ring, Size);
        _notifications = new PackedNotifications(driver, device, Size, (setup.Features & VirtioFeatures.EventIndex) != 0);
        _publisher = new PackedPublisher(_slots, _journal, (setup.Features & VirtioFeatures.InOrder) != 0);
    }

    /// <inheritdoc/>
    internal override QueueState State => new(_next.Slot, _next.Wrap, _used.Slot, _used.Wrap);

    /// <inheritdoc/>
    internal override bool HasAvailable => Failure is null && Chains.HasRoom && _inFlight < Size && _slots.IsAvailable(_next.Slot, _next.Wrap);

    /// <inheritdoc/>
    internal override InFlightRequest[] Open()
    {
        if (Failure is not null) { return []; }
        InFlightRequest[] requests = [];
        if (!_journal.IsInitialised)
        {
            if (_initial.AvailIndex >= Size || _initial.UsedIndex >= Size)
            {
                Fail($"the queue is to begin at available slot {_initial.AvailIndex} and used slot {_initial.UsedIndex}, and its size is {Size}");
                return [];
            }
            _journal.Initialise(_initial.UsedIndex, _initial.UsedWrap);
            (_next, _used) = (new(_initial.AvailIndex, _initial.AvailWrap), new(_initial.UsedIndex, _initial.UsedWrap));
        }
        else if (_journal.Recover(_slots, out requests) is { } problem)
        {
            Fail(problem);
            return [];
        }
        else
        {
            // Whatever was fetched is either used or in flight, so this is where the dead owner stopped fetching.
            _used = new(_journal.Used.Index, _journal.Used.Wrap);
            _next = _used.Advance(requests.Sum(request => request.RingLength), Size);
        }
        _notifications.Begin(_used);
        return requests;
    }

    /// <inheritdoc/>
    internal override int Fetch(Span<DescriptorChain> chains)
    {
        int count = 0;
        if (Failure is not null) { return 0; }
        while (count < chains.Length && Chains.HasRoom && FetchOne(out DescriptorChain chain)) { chains[count++] = chain; }
        return count;
    }

    /// <inheritdoc/>
    internal override DescriptorChain? Restore(InFlightRequest request)
    {
        Span<RingDescriptor> descriptors = _descriptors.AsSpan(0, request.RingLength);
        _journal.ReadDescriptors(request.Slot, descriptors);
        ushort id = descriptors[^1].PackedId;
        if (!ClaimId(id)) { return null; }
        DescriptorChain chain = Chains.Take(request.Slot);
        if (!Assemble(chain, descriptors)) { return null; }
        Adopt(chain, id, request.Sequence, request.RingLength);
        return chain;
    }

    /// <inheritdoc/>
    internal override void Publish(ReadOnlySpan<DescriptorChain> chains)
    {
        if (chains.IsEmpty) { return; }
        MarkBuffers(chains);
        PackedPosition before = _used;
        _used = _publisher.Publish(chains, _used);
        Step(PumpStep.Published);
        MarkSlots(before, _used);
        _journal.Commit(chains);
        Step(PumpStep.Committed);
        foreach (DescriptorChain chain in chains) { Forget(chain); }
        Retire(chains);
        _notifications.NotePublished();
    }

    /// <inheritdoc/>
    internal override bool DecideNotification() => _notifications.Decide(_used);

    /// <inheritdoc/>
    internal override void EnableKicks()
    {
        _notifications.EnableKicks(_next);
        DirtyLog?.Mark(_addresses.Device, SuppressionLength);
    }

    /// <inheritdoc/>
    internal override void DisableKicks()
    {
        _notifications.DisableKicks();
        DirtyLog?.Mark(_addresses.Device, SuppressionLength);
    }

    /// <inheritdoc/>
    internal override void Rewind(IReadOnlyCollection<DescriptorChain> chains)
    {
        _next = _next.Retreat(chains.Sum(chain => chain.RingLength), Size);
        foreach (DescriptorChain chain in chains)
        {
            Forget(chain);
            Chains.Return(chain);
        }
    }

    private bool FetchOne(out DescriptorChain chain)
    {
        chain = null!;
        if (_inFlight == Size || !_slots.IsAvailable(_next.Slot, _next.Wrap)) { return false; }
        if (!ReadList(out int length)) { return false; }
        Span<RingDescriptor> descriptors = _descriptors.AsSpan(0, length);
        ushort id = descriptors[^1].PackedId;
        if (!ClaimId(id)) { return false; }
        chain = Chains.Take(_journal.NextSlot);
        if (!Assemble(chain, descriptors))
        {
            chain.State = ChainState.Idle;
            return false;
        }
        Step(PumpStep.Fetching);
        ulong sequence = _journal.NextSequence;
        _journal.RecordFetched(descriptors);
        _next = _next.Advance(length, Size);
        Adopt(chain, id, sequence, (ushort)length);
        return Step(PumpStep.Fetched);
    }

    /// <summary>Copies the list of descriptors at the next position.</summary>
    private bool ReadList(out int length)
    {
        length = 0;
        PackedPosition position = _next;
        while (true)
        {
            RingDescriptor descriptor = _slots.Read(position.Slot);
            // The first descriptor is made available last, so all others must be so by now.
            if (!PackedSlots.IsAvailable(descriptor.PackedFlags, position.Wrap))
            {
                return Fail($"the list at slot {_next.Slot} goes on at slot {position.Slot}, which is not available: flags {descriptor.PackedFlags:#x04}, wrap {position.Wrap}");
            }
            _descriptors[length++] = descriptor;
            if ((descriptor.PackedFlags & DescriptorFlags.Next) == 0) { return true; }
            if (_inFlight + length == Size)
            {
                return Fail($"the list at slot {_next.Slot} has more than {length} descriptors, with {_inFlight} in flight in a ring of {Size}");
            }
            position = position.Advance(1, Size);
        }
    }

    private bool ClaimId(ushort id)
    {
        if (id >= Size) { return Fail($"the list at slot {_next.Slot} has buffer id {id} in a queue of {Size}"); }
        if (_ids[id]) { return Fail($"the list at slot {_next.Slot} has buffer id {id}, which is in flight"); }
        return true;
    }

    private bool Assemble(DescriptorChain chain, ReadOnlySpan<RingDescriptor> descriptors)
    {
        Assembler.Begin(chain);
        bool good = new PackedChainWalk(Assembler, _indirect).Walk(descriptors);
        return good || Fail($"the list at slot {_next.Slot} is malformed: {Assembler.Problem}");
    }

    private void Adopt(DescriptorChain chain, ushort id, ulong sequence, ushort length)
    {
        (chain.Id, chain.Sequence, chain.RingLength) = (id, sequence, length);
        _ids[id] = true;
        _inFlight += length;
        Chains.Keep(chain);
    }

    private void Forget(DescriptorChain chain)
    {
        _ids[chain.Id] = false;
        _inFlight -= chain.RingLength;
    }

    private void MarkSlots(PackedPosition from, PackedPosition to)
    {
        if (DirtyLog is not { } log) { return; }
        int straight = from.Wrap == to.Wrap ? to.Slot - from.Slot : Size - from.Slot;
        log.Mark(_addresses.Descriptors + ((ulong)from.Slot * RingDescriptor.Size), (ulong)straight * RingDescriptor.Size);
        if (from.Wrap != to.Wrap) { log.Mark(_addresses.Descriptors, (ulong)to.Slot * RingDescriptor.Size); }
    }
}

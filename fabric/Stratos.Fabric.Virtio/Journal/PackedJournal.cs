using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Virtio.Journal;

/// <summary>
/// A journal for packed rings: QueueRegionPacked with one DescStatePacked for each descriptor in flight, as a used
/// descriptor overwrites an available one that may still be in flight.
/// </summary>
internal sealed unsafe class PackedJournal : QueueJournal
{
    private readonly byte* _entries;
    private readonly PackedHeader _header;
    private readonly ushort[] _next;
    private readonly ushort[] _last;
    private ushort _freeHead;
    private PackedHeader.Positions _positions;

    internal PackedJournal(Mapping mapping, nint region, nint phases, ushort capacity) : base(mapping, region, phases, capacity)
    {
        _entries = Region + JournalLayout.PackedHeader;
        _header = new PackedHeader(Region);
        _next = new ushort[capacity];
        _last = new ushort[capacity];
    }

    /// <inheritdoc/>
    public override bool IsPacked => true;

    /// <summary>The entry that the next request gets.</summary>
    internal ushort NextSlot => _freeHead;

    /// <summary>The used position on record.</summary>
    internal (ushort Index, bool Wrap) Used => (_positions.Used, _positions.Wrap);

    /// <summary>Takes an uninitialised region into use.</summary>
    internal void Initialise(ushort usedIndex, bool usedWrap)
    {
        ulong newest = 0;
        for (ushort i = 0; i < Capacity; i++)
        {
            newest = Math.Max(newest, *(ulong*)(Entry(i) + JournalLayout.CounterOffset));
            Entry(i)[JournalLayout.InFlightOffset] = 0;
            // The last entry links to an index that is none: the end of the free list.
            Link(i, (ushort)(i + 1));
        }
        NextSequence = newest + 1;
        _freeHead = 0;
        _positions = new(usedIndex, usedWrap, usedIndex, usedWrap);
        *(ulong*)Region = 0;
        *(ushort*)(Region + JournalLayout.EntryCountOffset) = Capacity;
        _header.WriteHeads(0, 0);
        _header.WritePositions(_positions);
        // Last: until this store the region counts as unused, and a crash leaves it so.
        Volatile.Write(ref *(ushort*)(Region + JournalLayout.VersionOffset), JournalLayout.Version);
    }

    /// <summary>Finishes or takes back what a previous owner had half published, and lists what it left in flight.</summary>
    /// <param name="slots">The descriptor ring.</param>
    /// <param name="requests">The requests in flight, oldest first.</param>
    /// <returns>Why the journal does not fit the ring; null if it does.</returns>
    internal string? Recover(IPackedSlots slots, out InFlightRequest[] requests)
    {
        requests = [];
        if (RefuseHeader() is { } refusal) { return refusal; }
        PackedHeader.Positions positions = _header.ReadPositions();
        if (positions.Used >= slots.Size || positions.OldUsed >= slots.Size)
        {
            return $"the journal stands at used slots {positions.OldUsed} and {positions.Used} of a ring of {slots.Size}";
        }
        (ushort free, ushort old) = _header.ReadHeads();
        if (positions.InProgress && !slots.IsAvailable(positions.OldUsed, positions.OldWrap))
        {
            // The driver can see the batch: settle it. The heads go first, as the positions tell that this is not done.
            _header.WriteHeads(free, free);
            positions = positions.Settled;
        }
        else
        {
            TakeBack(slots, positions);
            _header.WriteHeads(old, old);
            (free, positions) = (old, positions.RolledBack);
        }
        _header.WritePositions(positions);
        (_freeHead, _positions) = (free, positions);
        return new PackedRecovery(this, slots.Size).Collect(free, out requests);
    }

    /// <summary>Records a request that was fetched.</summary>
    /// <param name="descriptors">Copies of its descriptors in the ring; the ring has made sure that as many entries are free.</param>
    /// <returns>Its entry; its sequence is <see cref="QueueJournal.NextSequence"/> before the call.</returns>
    internal ushort RecordFetched(ReadOnlySpan<RingDescriptor> descriptors)
    {
        ulong sequence = NextSequence++;
        ushort head = _freeHead, last = head, free = head;
        foreach (RingDescriptor descriptor in descriptors)
        {
            byte* entry = Entry(free);
            *(ushort*)(entry + JournalLayout.PackedEntryId) = descriptor.PackedId;
            *(ushort*)(entry + JournalLayout.PackedEntryFlags) = descriptor.PackedFlags;
            *(uint*)(entry + JournalLayout.PackedEntryLength) = descriptor.Length;
            *(ulong*)(entry + JournalLayout.PackedEntryAddress) = descriptor.Address;
            (last, free) = (free, _next[free]);
        }
        byte* first = Entry(head);
        _last[head] = last;
        *(ushort*)(first + JournalLayout.PackedEntryLast) = last;
        *(ushort*)(first + JournalLayout.PackedEntryCount) = (ushort)descriptors.Length;
        RecordPhase(head, sequence, RequestPhase.Fetched, 0);
        Volatile.Write(ref *(ulong*)(first + JournalLayout.CounterOffset), sequence);
        Step(PumpStep.Recording);
        Volatile.Write(ref first[JournalLayout.InFlightOffset], 1);
        Step(PumpStep.Recording);
        // The request counts from here on: before, its entries are still in the free list.
        _freeHead = free;
        _header.WriteHeads(free, free);
        return head;
    }

    /// <summary>Copies a recovered request's descriptors.</summary>
    /// <param name="slot">Its entry.</param>
    /// <param name="descriptors">As long as the request.</param>
    internal void ReadDescriptors(ushort slot, Span<RingDescriptor> descriptors)
    {
        foreach (ref RingDescriptor descriptor in descriptors)
        {
            byte* entry = Entry(slot);
            ulong rest = Volatile.Read(ref *(ulong*)(entry + JournalLayout.PackedEntryId));
            ulong address = Volatile.Read(ref *(ulong*)(entry + JournalLayout.PackedEntryAddress));
            descriptor = new RingDescriptor(address, (uint)(rest >> 32), (ushort)rest, (ushort)(rest >> 16));
            slot = _next[slot];
        }
    }

    /// <summary>Adds a request to the batch that is about to be published.</summary>
    internal void Retire(ushort slot)
    {
        Link(_last[slot], _freeHead);
        Step(PumpStep.Retiring);
        Volatile.Write(ref *(ushort*)(Region + JournalLayout.PackedFreeHead), slot);
        _freeHead = slot;
    }

    /// <summary>Records where the used position will be when the batch is published. No used flag may be written before.</summary>
    internal void Announce(ushort usedIndex, bool usedWrap)
    {
        _positions = _positions with { Used = usedIndex, Wrap = usedWrap };
        _header.WritePositions(_positions);
    }

    /// <summary>Clears a batch that the driver can see by now.</summary>
    internal void Commit(ReadOnlySpan<DescriptorChain> batch)
    {
        foreach (DescriptorChain chain in batch)
        {
            Volatile.Write(ref Entry(chain.Slot)[JournalLayout.InFlightOffset], 0);
            Step(PumpStep.Clearing);
        }
        _header.WriteHeads(_freeHead, _freeHead);
        Step(PumpStep.Clearing);
        _positions = _positions.Settled;
        _header.WritePositions(_positions);
    }

    /// <summary>Reads the fields of an entry that make up a request, for recovery.</summary>
    internal (bool InFlight, ulong Sequence, ushort Last, ushort Count) ReadEntry(ushort slot)
    {
        byte* entry = Entry(slot);
        return (Volatile.Read(ref entry[JournalLayout.InFlightOffset]) != 0,
            Volatile.Read(ref *(ulong*)(entry + JournalLayout.CounterOffset)),
            Volatile.Read(ref *(ushort*)(entry + JournalLayout.PackedEntryLast)),
            Volatile.Read(ref *(ushort*)(entry + JournalLayout.PackedEntryCount)));
    }

    /// <summary>Reads an entry's link and keeps it as the private copy.</summary>
    internal ushort AdoptLink(ushort slot) => _next[slot] = Volatile.Read(ref *(ushort*)(Entry(slot) + JournalLayout.PackedEntryNext));

    /// <summary>Takes a recovered request over.</summary>
    internal InFlightRequest Adopt(ushort slot, ulong sequence, ushort last, ushort count)
    {
        _last[slot] = last;
        (RequestPhase phase, uint written) = ReadPhase(slot, sequence);
        return new InFlightRequest(slot, sequence, phase, written, count);
    }

    /// <summary>Clears the mark of an entry that is free.</summary>
    internal void ClearMark(ushort slot) => Volatile.Write(ref Entry(slot)[JournalLayout.InFlightOffset], 0);

    /// <summary>Sets where sequences go on.</summary>
    internal void ContinueAfter(ulong sequence) => NextSequence = sequence + 1;

    private static void TakeBack(IPackedSlots slots, PackedHeader.Positions positions)
    {
        // The crash may have come after some slots behind the first were marked as used. The driver has not looked at
        // them, as it waits at the first, but it would once that is used, by whichever request comes first now.
        int slot = positions.OldUsed;
        bool wrap = positions.OldWrap;
        for (int i = positions.Distance(slots.Size); i > 0; i--)
        {
            slots.MarkAvailable(slot, wrap);
            if (++slot == slots.Size) { (slot, wrap) = (0, !wrap); }
        }
    }

    private void Link(ushort slot, ushort next)
    {
        _next[slot] = next;
        Volatile.Write(ref *(ushort*)(Entry(slot) + JournalLayout.PackedEntryNext), next);
    }

    private byte* Entry(ushort index) => _entries + (index * JournalLayout.PackedEntry);
}

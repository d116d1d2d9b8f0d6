using System.Runtime.CompilerServices;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Virtio.Journal;

/// <summary>A journal for split rings: QueueRegionSplit with one DescStateSplit for each descriptor-table entry.</summary>
internal sealed unsafe class SplitJournal : QueueJournal
{
    private readonly byte* _entries;
    private ushort _lastBatchHead;

    internal SplitJournal(Mapping mapping, nint region, nint phases, ushort capacity) : base(mapping, region, phases, capacity) =>
        _entries = Region + JournalLayout.SplitHeader;

    /// <inheritdoc/>
    public override bool IsPacked => false;

    /// <summary>Takes an uninitialised region into use.</summary>
    /// <param name="usedIndex">The ring's used index.</param>
    internal void Initialise(ushort usedIndex)
    {
        ulong newest = 0;
        for (int i = 0; i < Capacity; i++)
        {
            byte* entry = Entry(i);
            newest = Math.Max(newest, *(ulong*)(entry + JournalLayout.CounterOffset));
            entry[JournalLayout.InFlightOffset] = 0;
        }
        NextSequence = newest + 1;
        _lastBatchHead = 0;
        *(ulong*)Region = 0;
        *(ushort*)(Region + JournalLayout.EntryCountOffset) = Capacity;
        *(ushort*)(Region + JournalLayout.SplitLastBatchHead) = 0;
        *(ushort*)(Region + JournalLayout.SplitUsedIndex) = usedIndex;
        // Last: until this store the region counts as unused, and a crash leaves it so.
        Volatile.Write(ref *(ushort*)(Region + JournalLayout.VersionOffset), JournalLayout.Version);
    }

    /// <summary>Finishes what a previous owner had half published, and lists what it left in flight.</summary>
    /// <param name="ringUsedIndex">The ring's used index.</param>
    /// <param name="queueSize">The queue's size.</param>
    /// <param name="requests">The requests in flight, oldest first.</param>
    /// <returns>Why the journal does not fit the ring; null if it does.</returns>
    internal string? Recover(ushort ringUsedIndex, ushort queueSize, out InFlightRequest[] requests)
    {
        requests = [];
        if (RefuseHeader() is { } refusal) { return refusal; }
        ushort recorded = Volatile.Read(ref *(ushort*)(Region + JournalLayout.SplitUsedIndex));
        ushort batch = (ushort)(ringUsedIndex - recorded);
        if (batch > queueSize)
        {
            return $"the journal stands at used index {recorded} and the ring at {ringUsedIndex}; they differ by more than the queue's size, {queueSize}";
        }
        ushort head = Volatile.Read(ref *(ushort*)(Region + JournalLayout.SplitLastBatchHead));
        for (int i = 0; i < batch; i++)
        {
            if (head >= Capacity) { return $"the journal's last batch names entry {head} of {Capacity}"; }
            Volatile.Write(ref Entry(head)[JournalLayout.InFlightOffset], 0);
            head = Volatile.Read(ref *(ushort*)(Entry(head) + JournalLayout.SplitEntryNext));
        }
        Volatile.Write(ref *(ushort*)(Region + JournalLayout.SplitUsedIndex), ringUsedIndex);
        _lastBatchHead = 0;
        return Collect(queueSize, out requests);
    }

    /// <summary>Records a request that was fetched.</summary>
    /// <returns>Its sequence.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong RecordFetched(ushort head)
    {
        ulong sequence = NextSequence++;
        byte* entry = Entry(head);
        RecordPhase(head, sequence, RequestPhase.Fetched, 0);
        Volatile.Write(ref *(ulong*)(entry + JournalLayout.CounterOffset), sequence);
        Step(PumpStep.Recording);
        Volatile.Write(ref entry[JournalLayout.InFlightOffset], 1);
        return sequence;
    }

    /// <summary>Adds a request to the batch that is about to be published.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Retire(ushort head)
    {
        Volatile.Write(ref *(ushort*)(Entry(head) + JournalLayout.SplitEntryNext), _lastBatchHead);
        Step(PumpStep.Retiring);
        _lastBatchHead = head;
        Volatile.Write(ref *(ushort*)(Region + JournalLayout.SplitLastBatchHead), head);
    }

    /// <summary>Clears a batch that the driver can see by now.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="usedIndex">The used index that published it.</param>
    internal void Commit(ReadOnlySpan<DescriptorChain> batch, ushort usedIndex)
    {
        foreach (DescriptorChain chain in batch)
        {
            Volatile.Write(ref Entry(chain.Slot)[JournalLayout.InFlightOffset], 0);
            Step(PumpStep.Clearing);
        }
        Volatile.Write(ref *(ushort*)(Region + JournalLayout.SplitUsedIndex), usedIndex);
    }

    private string? Collect(ushort queueSize, out InFlightRequest[] requests)
    {
        requests = [];
        ulong newest = 0;
        List<InFlightRequest> found = [];
        for (ushort i = 0; i < Capacity; i++)
        {
            ulong sequence = Volatile.Read(ref *(ulong*)(Entry(i) + JournalLayout.CounterOffset));
            newest = Math.Max(newest, sequence);
            if (Volatile.Read(ref Entry(i)[JournalLayout.InFlightOffset]) == 0) { continue; }
            if (i >= queueSize) { return $"the journal has request {i} in flight in a queue of {queueSize}"; }
            (RequestPhase phase, uint written) = ReadPhase(i, sequence);
            found.Add(new InFlightRequest(i, sequence, phase, written, 0));
        }
        NextSequence = newest + 1;
        requests = InOrder(found);
        return null;
    }

    private byte* Entry(int index) => _entries + (index * JournalLayout.SplitEntry);
}

using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>Writes batches of used descriptors into a packed ring so that the driver sees all of a batch or nothing.</summary>
internal sealed class PackedPublisher(PackedSlots slots, PackedJournal journal, bool inOrder)
{
    /// <summary>Publishes chains in the order given.</summary>
    /// <param name="chains">At least one.</param>
    /// <param name="start">The used position.</param>
    /// <returns>The used position afterwards.</returns>
    /// <remarks>
    /// The driver looks at one slot, that at the used position, until it is used. So all others are written first, and
    /// its flags last, as the one store that publishes the batch. The journal must know the end of the batch before the
    /// first used flag is written: a recovery that finds the batch unpublished takes those flags back.
    /// </remarks>
    internal PackedPosition Publish(ReadOnlySpan<DescriptorChain> chains, PackedPosition start)
    {
        PackedPosition end = start;
        foreach (DescriptorChain chain in chains)
        {
            journal.Retire(chain.Slot);
            end = end.Advance(chain.RingLength, slots.Size);
        }
        journal.Announce(end.Slot, end.Wrap);
        ushort firstFlags = 0;
        PackedPosition position = start;
        for (int i = 0; i < chains.Length;)
        {
            int last = LastOfGroup(chains, i, out int length);
            DescriptorChain chain = chains[last];
            slots.WriteUsed(position.Slot, chain.Id, chain.Written);
            ushort flags = (ushort)(DescriptorFlags.UsedUp(position.Wrap) | (chain.Written > 0 ? DescriptorFlags.Write : 0));
            if (i == 0) { firstFlags = flags; }
            else { slots.WriteFlags(position.Slot, flags); }
            Probe(PumpStep.UsedWritten);
            position = position.Advance(length, slots.Size);
            i = last + 1;
        }
        slots.WriteFlags(start.Slot, firstFlags);
        return end;
    }

    /// <summary>
    /// In order, one used descriptor may stand for several chains, if all but the last were used completely: the driver
    /// assumes that of those that are skipped (virtio 1.4, section 2.8.8).
    /// </summary>
    private int LastOfGroup(ReadOnlySpan<DescriptorChain> chains, int first, out int length)
    {
        length = chains[first].RingLength;
        int last = first;
        while (inOrder && last + 1 < chains.Length && chains[last].Written == chains[last].WritableLength)
        {
            length += chains[++last].RingLength;
        }
        return last;
    }

    private void Probe(PumpStep step) => journal.Probe?.Invoke(step);
}

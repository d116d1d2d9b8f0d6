namespace Stratos.Fabric.Virtio.Journal;

/// <summary>
/// One queue's in-flight region within a journal's file, for whoever holds the file without mapping it and reads or writes
/// only while no pump runs.
/// </summary>
/// <param name="Offset">Where it begins, in bytes from the journal's beginning.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="IsPacked">Whether it is for a packed ring.</param>
public readonly record struct JournalRegion(ulong Offset, int Length, bool IsPacked)
{
    /// <summary>Where two bytes say whether the region is in use; zero means that it is not. See <see cref="QueueJournal.Reset"/>.</summary>
    public ulong VersionOffset => Offset + JournalLayout.VersionOffset;

    /// <summary>The region of a queue.</summary>
    /// <param name="queue">The queue's index.</param>
    /// <param name="queueSize">The queue size that the file was laid out for.</param>
    /// <param name="packed">Whether the rings are packed.</param>
    public static JournalRegion Of(int queue, ushort queueSize, bool packed)
    {
        ulong stride = JournalLayout.RegionStride(queueSize, packed);
        return new((ulong)queue * stride, (int)stride, packed);
    }

    /// <summary>Whether any request is marked as in flight.</summary>
    /// <param name="region">The region's bytes, or as many of them as there are.</param>
    public bool HoldsRequests(ReadOnlySpan<byte> region)
    {
        (int header, int entry) = IsPacked
            ? (JournalLayout.PackedHeader, JournalLayout.PackedEntry)
            : (JournalLayout.SplitHeader, JournalLayout.SplitEntry);
        for (int at = header; at + entry <= region.Length; at += entry)
        {
            if (region[at + JournalLayout.InFlightOffset] != 0) { return true; }
        }
        return false;
    }
}

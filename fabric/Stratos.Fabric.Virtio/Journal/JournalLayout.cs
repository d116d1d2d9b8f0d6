namespace Stratos.Fabric.Virtio.Journal;

/// <summary>
/// Sizes and offsets of the in-flight regions (vhost-user, "Inflight I/O tracking": QueueRegionSplit, DescStateSplit,
/// QueueRegionPacked, DescStatePacked). All fields are little-endian and naturally aligned.
/// </summary>
internal static class JournalLayout
{
    /// <summary>The version of an initialised region.</summary>
    internal const ushort Version = 1;

    /// <summary>Regions begin at multiples of this, a cache line, as other backends have it.</summary>
    internal const ulong RegionAlignment = 64;

    /// <summary>Offset of the version, in both kinds; zero means that the region is not initialised.</summary>
    internal const int VersionOffset = 8;

    /// <summary>Offset of desc_num, in both kinds.</summary>
    internal const int EntryCountOffset = 10;

    /// <summary>Offset of the entry's in-flight mark, in both kinds.</summary>
    internal const int InFlightOffset = 0;

    /// <summary>Offset of an entry's counter, in both kinds.</summary>
    internal const int CounterOffset = 8;

    internal const int SplitHeader = 16;
    internal const int SplitEntry = 16;
    internal const int SplitLastBatchHead = 12;
    internal const int SplitUsedIndex = 14;
    internal const int SplitEntryNext = 6;

    internal const int PackedHeader = 32;
    internal const int PackedEntry = 32;
    internal const int PackedFreeHead = 12;
    internal const int PackedOldFreeHead = 14;
    internal const int PackedUsedIndex = 16;
    internal const int PackedOldUsedIndex = 18;
    internal const int PackedUsedWrap = 20;
    internal const int PackedOldUsedWrap = 21;
    internal const int PackedEntryNext = 2;
    internal const int PackedEntryLast = 4;
    internal const int PackedEntryCount = 6;
    internal const int PackedEntryId = 16;
    internal const int PackedEntryFlags = 18;
    internal const int PackedEntryLength = 20;
    internal const int PackedEntryAddress = 24;

    /// <summary>Bytes from one queue's region to the next.</summary>
    internal static ulong RegionStride(ushort queueSize, bool packed) => Align(packed
        ? PackedHeader + ((ulong)queueSize * PackedEntry)
        : SplitHeader + ((ulong)queueSize * SplitEntry));

    /// <summary>Bytes from one queue's phase words to the next.</summary>
    internal static ulong PhaseStride(ushort queueSize) => Align((ulong)queueSize * sizeof(ulong));

    private static ulong Align(ulong length) => (length + RegionAlignment - 1) & ~(RegionAlignment - 1);
}

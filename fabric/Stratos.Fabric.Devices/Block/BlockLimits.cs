namespace Stratos.Fabric.Devices.Block;

/// <summary>Bounds that the device states to the driver and holds it to.</summary>
internal static class BlockLimits
{
    /// <summary>The protocol's unit.</summary>
    public const int SectorSize = 512;

    /// <summary>Log2 of <see cref="SectorSize"/>.</summary>
    public const int SectorShift = 9;

    /// <summary>seg_max: with header and status it fits a queue of 128, the most that common frontends set up.</summary>
    public const uint MaxSegments = 126;

    /// <summary>Data bytes in one request. Beyond what any driver sends; it keeps all length arithmetic far from overflow.</summary>
    public const ulong MaxTransfer = 1UL << 30;

    /// <summary>max_discard_seg and max_write_zeroes_seg.</summary>
    public const int MaxRanges = 32;

    /// <summary>max_discard_sectors and max_write_zeroes_sectors: 1 GiB a segment.</summary>
    public const uint MaxRangeSectors = 1 << 21;
}

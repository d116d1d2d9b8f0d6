namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>Feature bits of the block device (virtio 1.4, section 5.2.3) that the driver knows, as masks.</summary>
public static class BlockFeatures
{
    /// <summary>VIRTIO_BLK_F_SEG_MAX, bit 2.</summary>
    public const ulong SegMax = 1UL << 2;

    /// <summary>VIRTIO_BLK_F_RO, bit 5: the device is read-only.</summary>
    public const ulong ReadOnly = 1UL << 5;

    /// <summary>VIRTIO_BLK_F_BLK_SIZE, bit 6.</summary>
    public const ulong BlockSize = 1UL << 6;

    /// <summary>VIRTIO_BLK_F_FLUSH, bit 9.</summary>
    public const ulong Flush = 1UL << 9;

    /// <summary>VIRTIO_BLK_F_TOPOLOGY, bit 10.</summary>
    public const ulong Topology = 1UL << 10;

    /// <summary>VIRTIO_BLK_F_MQ, bit 12.</summary>
    public const ulong MultiQueue = 1UL << 12;

    /// <summary>VIRTIO_BLK_F_DISCARD, bit 13.</summary>
    public const ulong Discard = 1UL << 13;

    /// <summary>VIRTIO_BLK_F_WRITE_ZEROES, bit 14.</summary>
    public const ulong WriteZeroes = 1UL << 14;

    /// <summary>All of them.</summary>
    public const ulong All = SegMax | ReadOnly | BlockSize | Flush | Topology | MultiQueue | Discard | WriteZeroes;
}

namespace Stratos.Fabric.Devices.Block;

/// <summary>Feature bits of the block device (virtio 1.4, section 5.2.3), as masks. Those that are missing here are not offered.</summary>
/// <remarks>
/// CONFIG_WCE is left out on purpose: without FLUSH negotiated it obliges the device to show writeback = 0 right after
/// negotiation, which a device behind vhost-user learns only when a queue starts.
/// </remarks>
public static class BlockFeatures
{
    /// <summary>VIRTIO_BLK_F_SEG_MAX: the number of segments in a request is limited.</summary>
    public const ulong SegMax = 1UL << 2;
    /// <summary>VIRTIO_BLK_F_RO: the device is read-only.</summary>
    public const ulong ReadOnly = 1UL << 5;
    /// <summary>VIRTIO_BLK_F_BLK_SIZE: the block size is stated.</summary>
    public const ulong BlockSize = 1UL << 6;
    /// <summary>VIRTIO_BLK_F_FLUSH: flush is supported.</summary>
    public const ulong Flush = 1UL << 9;
    /// <summary>VIRTIO_BLK_F_TOPOLOGY: the physical block size and preferred lengths are stated.</summary>
    public const ulong Topology = 1UL << 10;
    /// <summary>VIRTIO_BLK_F_MQ: several request queues.</summary>
    public const ulong MultiQueue = 1UL << 12;
    /// <summary>VIRTIO_BLK_F_DISCARD: discard is supported.</summary>
    public const ulong Discard = 1UL << 13;
    /// <summary>VIRTIO_BLK_F_WRITE_ZEROES: write zeroes is supported.</summary>
    public const ulong WriteZeroes = 1UL << 14;
}

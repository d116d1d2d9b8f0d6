namespace Stratos.Fabric.Virtio.Spec;

/// <summary>Reserved feature bits (virtio 1.4, section 6), as masks.</summary>
public static class VirtioFeatures
{
    /// <summary>VIRTIO_F_INDIRECT_DESC, bit 28: chains may point to a table of descriptors.</summary>
    public const ulong IndirectDescriptors = 1UL << 28;
    /// <summary>VIRTIO_F_EVENT_IDX, bit 29: notifications are suppressed by index.</summary>
    public const ulong EventIndex = 1UL << 29;
    /// <summary>VIRTIO_F_VERSION_1, bit 32: not a legacy device.</summary>
    public const ulong Version1 = 1UL << 32;
    /// <summary>VIRTIO_F_RING_PACKED, bit 34: packed virtqueues.</summary>
    public const ulong RingPacked = 1UL << 34;
    /// <summary>VIRTIO_F_IN_ORDER, bit 35: buffers are used in the order in which they were made available.</summary>
    public const ulong InOrder = 1UL << 35;
    /// <summary>VIRTIO_F_RING_RESET, bit 40: single queues can be reset.</summary>
    public const ulong RingReset = 1UL << 40;

    /// <summary>The ring features that the fabric offers; <see cref="InOrder"/> only for devices that complete in order.</summary>
    public const ulong Rings = IndirectDescriptors | EventIndex | Version1 | RingPacked | InOrder | RingReset;
}

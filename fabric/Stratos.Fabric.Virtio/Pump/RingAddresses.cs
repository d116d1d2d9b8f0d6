namespace Stratos.Fabric.Virtio.Pump;

/// <summary>Guest-physical addresses of a ring's areas (virtio 1.4, section 2.6).</summary>
/// <param name="Descriptors">Descriptor area: the descriptor table, or the packed descriptor ring. 16-byte aligned.</param>
/// <param name="Driver">Driver area: the available ring (2-byte aligned), or the driver event suppression structure (4).</param>
/// <param name="Device">Device area: the used ring, or the device event suppression structure. 4-byte aligned.</param>
public readonly record struct RingAddresses(ulong Descriptors, ulong Driver, ulong Device);

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>Flags of a descriptor (virtio 1.4, sections 2.7.5 and 2.8.1 to 2.8.7).</summary>
internal static class DescriptorFlags
{
    /// <summary>VIRTQ_DESC_F_NEXT: the chain goes on.</summary>
    internal const ushort Next = 1;

    /// <summary>VIRTQ_DESC_F_WRITE: the device writes the buffer; in a used packed descriptor, that it has written some.</summary>
    internal const ushort Write = 2;

    /// <summary>VIRTQ_DESC_F_INDIRECT: the buffer is a table of descriptors.</summary>
    internal const ushort Indirect = 4;

    /// <summary>VIRTQ_DESC_F_AVAIL, packed rings.</summary>
    internal const ushort Avail = 1 << 7;

    /// <summary>VIRTQ_DESC_F_USED, packed rings.</summary>
    internal const ushort Used = 1 << 15;

    /// <summary>Both of the bits that say whose a packed descriptor is.</summary>
    internal const ushort Ownership = Avail | Used;

    /// <summary>The ownership bits of a packed descriptor that the driver made available.</summary>
    internal static ushort Available(bool wrap) => wrap ? Avail : Used;

    /// <summary>The ownership bits of a packed descriptor that the device has used.</summary>
    internal static ushort UsedUp(bool wrap) => wrap ? Ownership : (ushort)0;
}

using System.Runtime.InteropServices;

namespace Stratos.Fabric.Virtio.Driver;

/// <summary>A split descriptor as the driver writes it (virtio 1.4, section 2.7.5): little-endian, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SplitRingDescriptor
{
    public ulong Address;
    public uint Length;
    public ushort Flags;
    public ushort Next;
}

/// <summary>A packed descriptor, written by both sides (virtio 1.4, section 2.8.13): little-endian, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PackedRingDescriptor
{
    public ulong Address;
    public uint Length;
    public ushort Id;
    public ushort Flags;
}

/// <summary>An element of the split used ring (virtio 1.4, section 2.7.8): little-endian, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UsedElement
{
    public uint Id;
    public uint Length;
}

/// <summary>Descriptor flag bits of both ring formats.</summary>
internal static class RingDescriptorFlags
{
    public const ushort Next = 1;
    public const ushort Write = 2;
    public const ushort Indirect = 4;
    public const ushort Available = 1 << 7;
    public const ushort Used = 1 << 15;
}

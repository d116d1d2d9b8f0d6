using System.Runtime.CompilerServices;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>The two free-running indices of a split ring in guest memory (virtio 1.4, sections 2.7.6 and 2.7.8).</summary>
internal readonly unsafe struct SplitIndices(byte* avail, byte* used)
{
    /// <summary>Reads the driver's index.</summary>
    /// <remarks>Acquire: ring entries and descriptors that the driver wrote before the index are read after it.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ushort ReadAvail() => Volatile.Read(ref *(ushort*)(avail + 2));

    /// <summary>Reads the device's index, once, when the ring is opened; afterwards a private copy counts.</summary>
    internal ushort ReadUsed() => Volatile.Read(ref *(ushort*)(used + 2));

    /// <summary>Publishes the device's index.</summary>
    /// <remarks>Release: used elements and the bytes of the buffers are visible to whoever sees the index.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteUsed(ushort index) => Volatile.Write(ref *(ushort*)(used + 2), index);
}

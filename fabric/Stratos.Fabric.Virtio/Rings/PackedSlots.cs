using System.Runtime.CompilerServices;
using Stratos.Fabric.Virtio.Journal;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>The descriptor ring of a packed virtqueue in guest memory (virtio 1.4, section 2.8.13).</summary>
internal sealed unsafe class PackedSlots(byte* ring, ushort size) : IPackedSlots
{
    private const int Length = 8;
    private const int Id = 12;
    private const int Flags = 14;

    /// <inheritdoc/>
    public ushort Size => size;

    /// <inheritdoc/>
    public bool IsAvailable(int slot, bool wrap) => IsAvailable(ReadFlags(slot), wrap);

    /// <inheritdoc/>
    public void MarkAvailable(int slot, bool wrap)
    {
        ushort flags = ReadFlags(slot);
        if ((flags & DescriptorFlags.Ownership) != DescriptorFlags.UsedUp(wrap)) { return; }
        WriteFlags(slot, (ushort)((flags & ~DescriptorFlags.Ownership) | DescriptorFlags.Available(wrap)));
    }

    /// <summary>Whether flags are those of an available descriptor of a lap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsAvailable(ushort flags, bool wrap) => (flags & DescriptorFlags.Ownership) == DescriptorFlags.Available(wrap);

    /// <summary>Reads a slot's flags.</summary>
    /// <remarks>Acquire: what the driver wrote before it made the descriptor available is read after them.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ushort ReadFlags(int slot) => Volatile.Read(ref *(ushort*)(ring + (slot * RingDescriptor.Size) + Flags));

    /// <summary>Copies a slot's descriptor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal RingDescriptor Read(int slot) => RingDescriptor.Read(ring + (slot * RingDescriptor.Size));

    /// <summary>Writes a used descriptor but for its flags.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteUsed(int slot, ushort id, uint length)
    {
        byte* descriptor = ring + (slot * RingDescriptor.Size);
        *(uint*)(descriptor + Length) = length;
        *(ushort*)(descriptor + Id) = id;
    }

    /// <summary>Writes a slot's flags.</summary>
    /// <remarks>Release: id, length and the bytes of the buffers are visible to whoever sees the flags.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteFlags(int slot, ushort flags) => Volatile.Write(ref *(ushort*)(ring + (slot * RingDescriptor.Size) + Flags), flags);
}

using System.Runtime.CompilerServices;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>
/// A private copy of one 16-byte descriptor in guest memory. Split (virtio 1.4, section 2.7.5): address, length, flags,
/// next. Packed (section 2.8.13): address, length, buffer id, flags.
/// </summary>
/// <remarks>
/// The guest may rewrite a descriptor at any time, so each is read once, by two loads that cannot be repeated or split,
/// and only the copy is looked at.
/// </remarks>
internal readonly struct RingDescriptor
{
    /// <summary>Size in bytes.</summary>
    internal const int Size = 16;

    private readonly ulong _rest;

    private RingDescriptor(ulong address, ulong rest) => (Address, _rest) = (address, rest);

    internal RingDescriptor(ulong address, uint length, ushort id, ushort flags)
        : this(address, length | ((ulong)id << 32) | ((ulong)flags << 48)) { }

    /// <summary>Guest-physical address.</summary>
    internal ulong Address { get; }

    /// <summary>Length in bytes.</summary>
    internal uint Length => (uint)_rest;

    /// <summary>Split: the flags.</summary>
    internal ushort SplitFlags => (ushort)(_rest >> 32);

    /// <summary>Split: the index of the next descriptor of the chain.</summary>
    internal ushort SplitNext => (ushort)(_rest >> 48);

    /// <summary>Packed: the buffer id.</summary>
    internal ushort PackedId => (ushort)(_rest >> 32);

    /// <summary>Packed: the flags.</summary>
    internal ushort PackedFlags => (ushort)(_rest >> 48);

    /// <summary>Copies a descriptor; <paramref name="source"/> is aligned to 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe RingDescriptor Read(byte* source) =>
        new(Volatile.Read(ref *(ulong*)source), Volatile.Read(ref *(ulong*)(source + 8)));

    /// <summary>Copies a descriptor from anywhere: nothing obliges a driver to align an indirect table.</summary>
    internal static unsafe RingDescriptor ReadUnaligned(byte* source) =>
        new(Unsafe.ReadUnaligned<ulong>(source), Unsafe.ReadUnaligned<ulong>(source + 8));
}

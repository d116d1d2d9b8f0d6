using System.Runtime.CompilerServices;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>A slot of a packed ring and the wrap counter of the lap (virtio 1.4, section 2.8.1).</summary>
/// <param name="Slot">The slot, below the ring's size.</param>
/// <param name="Wrap">The wrap counter.</param>
internal readonly record struct PackedPosition(ushort Slot, bool Wrap)
{
    /// <summary>The position some slots further on, at most one lap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal PackedPosition Advance(int slots, ushort size)
    {
        int slot = Slot + slots;
        return slot < size ? new((ushort)slot, Wrap) : new((ushort)(slot - size), !Wrap);
    }

    /// <summary>The position some slots back, at most one lap.</summary>
    internal PackedPosition Retreat(int slots, ushort size)
    {
        int slot = Slot - slots;
        return slot >= 0 ? new((ushort)slot, Wrap) : new((ushort)(slot + size), !Wrap);
    }
}

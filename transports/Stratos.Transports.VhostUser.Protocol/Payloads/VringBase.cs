namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>
/// Where a ring stands, as SET_VRING_BASE and GET_VRING_BASE number it. Split ring: the available index, 16 bits.
/// Packed ring: bits 0 to 14 the next available slot, bit 15 its wrap counter; bits 16 to 30 the next used slot, bit 31
/// its wrap counter.
/// </summary>
/// <param name="Available">Split: the free-running available index. Packed: the next available slot.</param>
/// <param name="AvailableWrap">Packed: the driver's wrap counter at that slot. Split: true.</param>
/// <param name="Used">Split: the free-running used index. Packed: the next used slot.</param>
/// <param name="UsedWrap">Packed: the device's wrap counter at that slot. Split: true.</param>
public readonly record struct VringBase(ushort Available, bool AvailableWrap, ushort Used, bool UsedWrap)
{
    private const uint SlotMask = 0x7FFF;
    private const uint WrapBit = 0x8000;

    /// <summary>A ring that was never used.</summary>
    public static VringBase Initial => new(0, true, 0, true);

    /// <summary>The number on the wire.</summary>
    public uint Encode(bool packed) => packed ? Half(Available, AvailableWrap) | (Half(Used, UsedWrap) << 16) : Available;

    /// <summary>Reads the number on the wire.</summary>
    /// <remarks>
    /// A split ring's used index is taken to be the available index, which is so for a ring that was stopped in order.
    /// DPDK's virtio-user leaves a packed ring's used half zero; the available half is taken for it.
    /// </remarks>
    public static VringBase Decode(uint number, bool packed)
    {
        if (!packed) return new((ushort)number, true, (ushort)number, true);
        var available = number & 0xFFFF;
        var used = number >> 16;
        if (used == 0) used = available;
        return new((ushort)(available & SlotMask), (available & WrapBit) != 0, (ushort)(used & SlotMask), (used & WrapBit) != 0);
    }

    /// <summary>Checks the number against the ring's size.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Check(uint number, bool packed, int size)
    {
        if (!packed) return number > ushort.MaxValue ? $"base {number} does not fit into 16 bits" : null;
        var at = Decode(number, packed);
        return at.Available >= size || at.Used >= size
            ? $"base 0x{number:x8} names slots {at.Available} and {at.Used} of a packed ring of {size}"
            : null;
    }

    private static uint Half(ushort index, bool wrap) => (index & SlotMask) | (wrap ? WrapBit : 0);
}

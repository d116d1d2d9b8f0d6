namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>The u64 of SET_VRING_KICK, SET_VRING_CALL and SET_VRING_ERR: bits 0 to 7 are the virtqueue index, bit 8 says that no descriptor comes with it.</summary>
/// <param name="Value">The number on the wire.</param>
public readonly record struct VringDescriptor(ulong Value)
{
    private const ulong IndexMask = 0xFF;
    private const ulong NoDescriptor = 0x100;

    /// <summary>Makes the number for a queue.</summary>
    /// <param name="index">The virtqueue index, 0 to 255.</param>
    /// <param name="hasDescriptor">Whether a descriptor comes with it; without one the ring is polled.</param>
    public static VringDescriptor For(int index, bool hasDescriptor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, (int)IndexMask);
        return new((uint)index | (hasDescriptor ? 0 : NoDescriptor));
    }

    /// <summary>The virtqueue index.</summary>
    public int Index => (int)(Value & IndexMask);

    /// <summary>Whether a descriptor comes with the message.</summary>
    public bool HasDescriptor => (Value & NoDescriptor) == 0;

    /// <summary>Checks the number against the descriptors that came.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Check(string message, int descriptors)
    {
        if (Value > (IndexMask | NoDescriptor))
            return $"{message}: value 0x{Value:x} has bits beyond the index (0-7) and the no-descriptor flag (8)";
        if (HasDescriptor && descriptors != 1)
            return $"{message} for ring {Index}: {descriptors} descriptors, and the no-descriptor flag is not set";
        return !HasDescriptor && descriptors != 0
            ? $"{message} for ring {Index}: {descriptors} descriptors, though the no-descriptor flag is set"
            : null;
    }
}

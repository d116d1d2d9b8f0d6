using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Spi;

/// <summary>The head of a request: struct virtio_spi_transfer_head (virtio 1.4, section 5.21.6.1).</summary>
internal static class SpiHeader
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 32;

    /// <summary>Reads a header, once, and checks every parameter against what the controller can do.</summary>
    /// <returns>False if the header is incomplete, a parameter invalid, or asked for and not supported.</returns>
    public static bool TryRead(DescriptorChain chain, SpiCapabilities can, out SpiSettings settings)
    {
        Span<byte> bytes = stackalloc byte[Length];
        settings = default;
        if (chain.CopyFrom(0, bytes) < Length) { return false; }
        byte changes = bytes[2];
        settings = new(
            bytes[0], bytes[1], changes == 1, LanesOf(bytes[3]), LanesOf(bytes[4]), (SpiModes)Word(bytes, 8),
            Word(bytes, 12), Word(bytes, 16), Word(bytes, 20), Word(bytes, 24), Word(bytes, 28));
        return settings.ChipSelect < can.ChipSelects
            && changes <= 1 && (changes == 0 || can.CanChangeChipSelect)
            && !bytes[5..8].ContainsAnyExcept((byte)0)
            && IsWord(settings.BitsPerWord, can.BitsPerWord)
            && IsLane(settings.WriteLanes, can.WriteLanes) && IsLane(settings.ReadLanes, can.ReadLanes)
            && IsMode(settings.Modes, can.Functions)
            && (can.MaxFrequency == 0 || settings.Frequency <= can.MaxFrequency)
            && settings.WordDelay <= can.MaxWordDelay && settings.SetupDelay <= can.MaxSetupDelay
            && settings.HoldDelay <= can.MaxHoldDelay && settings.InactiveDelay <= can.MaxInactiveDelay;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    /// <summary>0 and 1 both mean one line.</summary>
    private static byte LanesOf(byte field) => field == 0 ? (byte)1 : field;

    private static bool IsWord(byte bits, uint mask) => bits is >= 1 and <= 32 && (mask == 0 || (mask >> (bits - 1) & 1) != 0);

    private static bool IsLane(byte lanes, SpiLanes can) => lanes switch
    {
        1 => true,
        2 => (can & SpiLanes.Dual) != 0,
        4 => (can & SpiLanes.Quad) != 0,
        8 => (can & SpiLanes.Octal) != 0,
        _ => false,
    };

    private static bool IsMode(SpiModes modes, SpiFunctions can)
    {
        SpiFunctions needed =
            ((modes & SpiModes.ClockPhase) != 0 ? SpiFunctions.ClockPhase1 : SpiFunctions.ClockPhase0)
            | ((modes & SpiModes.ClockPolarity) != 0 ? SpiFunctions.ClockPolarity1 : SpiFunctions.ClockPolarity0)
            | ((modes & SpiModes.ChipSelectHigh) != 0 ? SpiFunctions.ChipSelectHigh : 0)
            | ((modes & SpiModes.LeastSignificantFirst) != 0 ? SpiFunctions.LeastSignificantFirst : 0)
            | ((modes & SpiModes.Loopback) != 0 ? SpiFunctions.Loopback : 0);
        return (modes & ~SpiModes.All) == 0 && (needed & ~can) == 0;
    }
}

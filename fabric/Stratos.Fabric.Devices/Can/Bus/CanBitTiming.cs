namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>How long frames are on the bus.</summary>
/// <param name="Nominal">Bits per second of arbitration and of classic frames, 1,000 to 1,000,000; 0 for a bus that takes no time.</param>
/// <param name="Data">Bits per second of the data of FD frames, <paramref name="Nominal"/> to 8,000,000.</param>
public readonly record struct CanBitTiming(int Nominal, int Data)
{
    private const long Second = 1_000_000_000;
    private const int ErrorFrameBits = 6 + 6 + 8 + 3; // flags of sender and receivers, delimiter, interframe space
    private const int BusOffRecoveryBits = 128 * 11;

    /// <summary>A bus that takes no time.</summary>
    public static CanBitTiming Instant => default;

    /// <summary>Nanoseconds that a frame takes, the space after it included, with the most stuff bits that it can have.</summary>
    public long Duration(in CanFrame frame)
    {
        if (Nominal == 0) { return 0; }
        return frame.IsFlexibleDataRate ? FlexibleDuration(frame) : ClassicDuration(frame);
    }

    /// <summary>Nanoseconds that a destroyed frame takes, up to the end of the error frame after it.</summary>
    public long ErrorDuration(in CanFrame frame) => Nominal == 0 ? 0 : Duration(frame) + (ErrorFrameBits * Second / Nominal);

    /// <summary>Nanoseconds until a controller that was off the bus is back on it: 128 times 11 recessive bits.</summary>
    public long BusOffRecovery => Nominal == 0 ? 0 : BusOffRecoveryBits * Second / Nominal;

    private long ClassicDuration(in CanFrame frame)
    {
        int data = 8 * frame.DataLength;
        // From start of frame to CRC, which is stuffed: one bit after each four at the worst.
        int stuffed = (frame.IsExtended ? 54 : 34) + data;
        const int Rest = 1 + 2 + 7 + 3; // CRC delimiter, acknowledgement, end of frame, interframe space
        return (stuffed + ((stuffed - 1) / 4) + Rest) * Second / Nominal;
    }

    private long FlexibleDuration(in CanFrame frame)
    {
        // At the nominal rate: start of frame to BRS, stuffed; acknowledgement, end of frame, interframe space.
        int head = frame.IsExtended ? 36 : 17;
        int slow = head + ((head - 1) / 4) + 2 + 7 + 3;
        // At the data rate: ESI, DLC and data, stuffed; stuff count and CRC with their fixed stuff bits; CRC delimiter.
        int padded = PaddedLength(frame.Length);
        int fast = 5 + (8 * padded);
        int check = padded <= 16 ? 4 + 17 + 6 : 4 + 21 + 7;
        return (slow * Second / Nominal) + ((fast + (fast / 4) + check + 1) * Second / Math.Max(Data, Nominal));
    }

    /// <summary>The bytes that are on the bus: FD frames have no other lengths.</summary>
    private static int PaddedLength(int length) => length switch
    {
        <= 8 => length,
        <= 12 => 12,
        <= 16 => 16,
        <= 20 => 20,
        <= 24 => 24,
        <= 32 => 32,
        <= 48 => 48,
        _ => 64,
    };
}

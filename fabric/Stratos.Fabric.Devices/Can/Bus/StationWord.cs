namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>
/// A controller's state and error counters as one word, so that they change together (fault confinement, ISO 11898-1,
/// section 12.1).
/// </summary>
/// <param name="State">Whether it takes part.</param>
/// <param name="TransmitErrors">Transmit error counter.</param>
/// <param name="ReceiveErrors">Receive error counter.</param>
public readonly record struct StationWord(CanControllerState State, int TransmitErrors, int ReceiveErrors)
{
    /// <summary>From this count on, a controller is error passive.</summary>
    public const int Passive = 128;

    /// <summary>From this count of destroyed frames on, a controller leaves the bus.</summary>
    public const int BusOff = 256;

    private const int Mask = 0xFFFF;

    /// <summary>Whether it still takes part, but may no longer destroy the frames of others.</summary>
    public bool IsErrorPassive => State is CanControllerState.Started && (TransmitErrors >= Passive || ReceiveErrors >= Passive);

    /// <summary>As it lies on the board.</summary>
    internal ulong Packed => (ulong)State | ((ulong)(uint)TransmitErrors << 16) | ((ulong)(uint)ReceiveErrors << 32);

    /// <summary>From the board.</summary>
    internal static StationWord Unpack(ulong word)
    {
        var state = (CanControllerState)(word & Mask);
        // The board is shared; what is no state is a stopped one.
        return new(state is CanControllerState.Started or CanControllerState.BusOff ? state : CanControllerState.Stopped, (int)((word >> 16) & Mask), (int)((word >> 32) & Mask));
    }

    /// <summary>A frame of this controller was destroyed.</summary>
    internal StationWord TransmitFailed()
    {
        int errors = TransmitErrors + 8;
        return errors >= BusOff ? new(CanControllerState.BusOff, BusOff, ReceiveErrors) : this with { TransmitErrors = errors };
    }

    /// <summary>A frame of this controller was sent.</summary>
    internal StationWord TransmitSucceeded() => this with { TransmitErrors = Math.Max(0, TransmitErrors - 1) };

    /// <summary>A frame of another controller was destroyed.</summary>
    internal StationWord ReceiveFailed() => this with { ReceiveErrors = Math.Min(Passive, ReceiveErrors + 1) };

    /// <summary>A frame of another controller was received.</summary>
    internal StationWord ReceiveSucceeded() => this with { ReceiveErrors = Math.Max(0, ReceiveErrors - 1) };
}

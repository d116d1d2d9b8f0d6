using Stratos.Fabric.Devices.Can.Bus;

namespace Stratos.Fabric.Devices.Can;

/// <summary>How a CAN device is set up.</summary>
public sealed record CanOptions
{
    /// <summary>The file of the simulated bus; null for a bus that nobody else is on.</summary>
    public string? Board { get; init; }

    /// <summary>The device's name on the bus; needed with <see cref="Board"/>.</summary>
    public string? Station { get; init; }

    /// <summary>Bits per second of the bus, 1,000 to 1,000,000; 0 for a bus that takes no time.</summary>
    public int BitRate { get; init; }

    /// <summary>Bits per second of the data of FD frames, <see cref="BitRate"/> to 8,000,000; 0 for <see cref="BitRate"/>.</summary>
    public int DataBitRate { get; init; }

    /// <summary>For how many milliseconds the bus waits for a guest that does not take its frames, 0 to 60,000; after that it loses frames.</summary>
    public int PatienceMilliseconds { get; init; } = 1000;

    /// <summary>Identifiers that the guest may send, as <see cref="CanIdRanges.Parse"/> reads them; null for all.</summary>
    public string? Transmit { get; init; }

    /// <summary>Identifiers that the guest gets; null for all.</summary>
    public string? Receive { get; init; }

    /// <summary>Offer no CAN FD.</summary>
    public bool ClassicOnly { get; init; }

    /// <summary>Offer no remote requests.</summary>
    public bool WithoutRemoteRequests { get; init; }

    /// <summary>Acknowledge frames when they are handed to the bus, not when they have been on it.</summary>
    public bool EarlyAcknowledgement { get; init; }

    /// <summary>The feature bits that these options offer.</summary>
    public ulong Features =>
        CanFeatures.Classic
        | (ClassicOnly ? 0 : CanFeatures.FlexibleDataRate)
        | (WithoutRemoteRequests ? 0 : CanFeatures.RemoteRequests)
        | (EarlyAcknowledgement ? 0 : CanFeatures.LateAcknowledgement);

    /// <summary>Which frames may pass.</summary>
    /// <exception cref="ArgumentException">A range cannot be read.</exception>
    public CanAccess Access => new(
        Transmit is null ? CanIdRanges.Everything : CanIdRanges.Parse("transmit", Transmit),
        Receive is null ? CanIdRanges.Everything : CanIdRanges.Parse("receive", Receive));

    /// <summary>Opens the port that the options name.</summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it and the remedy.</exception>
    public ICanPort OpenPort()
    {
        CanBitTiming timing = Validate();
        if (Board is null) { return new BusPort(CanBus.Private(timing), Station ?? "guest", TimeSpan.FromMilliseconds(PatienceMilliseconds)); }
        if (Station is null) { throw new ArgumentException("station: a device on a board needs a name there. Give each device its own, such as station=ecu1."); }
        try
        {
            return new BusPort(CanBus.Open(Board, timing), Station, TimeSpan.FromMilliseconds(PatienceMilliseconds));
        }
        catch (IOException failure)
        {
            throw new ArgumentException($"board: '{Board}' cannot be opened ({failure.Message}). Name a file in a folder that is there and writable, such as /run/bus0.", failure);
        }
    }

    private CanBitTiming Validate()
    {
        if (BitRate is not 0 and (< 1_000 or > 1_000_000)) { throw new ArgumentException($"bitrate: {BitRate} is not 0 or 1000 to 1000000."); }
        if (DataBitRate != 0 && (BitRate == 0 || DataBitRate < BitRate || DataBitRate > 8_000_000))
        {
            throw new ArgumentException($"data-bitrate: {DataBitRate} is not from the bitrate, {BitRate}, to 8000000. Give bitrate too, or leave both out.");
        }
        if (PatienceMilliseconds is < 0 or > 60_000) { throw new ArgumentException($"patience: {PatienceMilliseconds} is not 0 to 60000 milliseconds."); }
        return new(BitRate, DataBitRate == 0 ? BitRate : DataBitRate);
    }
}

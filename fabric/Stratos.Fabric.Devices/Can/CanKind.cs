using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Can;

/// <summary>The kind <c>can</c>.</summary>
public static class CanKind
{
    /// <summary>The kind: its options, and how a device is made from them.</summary>
    public static DeviceKind Kind { get; } = new(
        "can",
        VirtioDeviceId.Can,
        "a CAN controller (can0) at a simulated bus that guests share",
        [
            new("board", "PATH", "file of the simulated bus; devices with the same file are on the same bus; default: a bus of its own"),
            new("station", "NAME", "the device's name on that bus, another for each device; needed with board"),
            new("bitrate", "N", "bits per second, 1000 to 1000000; 0, the default, is a bus that takes no time"),
            new("data-bitrate", "N", "bits per second of the data of FD frames, up to 8000000; default: the bitrate"),
            new("patience", "MS", "how long the bus waits for this guest when it takes no frames, 0 to 60000 ms; then it loses them; default 1000"),
            new("transmit", "IDS", "identifiers that the guest may send, such as 100-1FF+18DA0000-18DAFFFF, or none; default: all"),
            new("receive", "IDS", "identifiers that the guest gets; default: all"),
            new("classic-only", null, "offer no CAN FD"),
            new("no-rtr", null, "offer no remote transmission requests"),
            new("early-ack", null, "acknowledge frames when they are handed to the bus, not when they have been on it"),
        ],
        static values => CanDevice.Create(new CanOptions
        {
            Board = values.Text("board"),
            Station = values.Text("station"),
            BitRate = values.Number("bitrate", 0),
            DataBitRate = values.Number("data-bitrate", 0),
            PatienceMilliseconds = values.Number("patience", 1000),
            Transmit = values.Text("transmit"),
            Receive = values.Text("receive"),
            ClassicOnly = values.Flag("classic-only"),
            WithoutRemoteRequests = values.Flag("no-rtr"),
            EarlyAcknowledgement = values.Flag("early-ack"),
        }));
}

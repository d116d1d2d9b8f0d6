using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>The kind <c>watchdog</c>.</summary>
public static class WatchdogKind
{
    /// <summary>The kind: its options, and how a device is made from them.</summary>
    public static DeviceKind Kind { get; } = new(
        "watchdog",
        VirtioDeviceId.Watchdog,
        "a watchdog that resets the virtual machine when it falls silent",
        [
            new("timeout", "MS", "milliseconds after a ping until it expires, 10 to 86400000; default 20000"),
            new("monitor", "PATH", "reset the machine through this socket of QEMU's monitor (-qmp unix:PATH,server=on,wait=off); default: report an expiry only"),
            new("extended", null, "offer the extension: a configuration, settings, pre-time-out, window, pings of each processor"),
            new("min-timeout", "MS", "the shortest time-out that the driver may choose, from 10; default 100"),
            new("max-timeout", "MS", "the longest time-out that the driver may choose, to 86400000; default 600000"),
            new("vcpus", "N", "most virtual processors that ping for themselves, 0 to 64; default 64"),
            new("no-way-out", null, "once armed it can neither be stopped nor changed, nor be disarmed by a reset of the device"),
            new("board", "PATH", "a simulated reset line, which counts in this file"),
        ],
        static values => WatchdogDevice.Create(Read(values)));

    private static WatchdogOptions Read(DeviceOptionValues values)
    {
        WatchdogOptions standard = new();
        return new WatchdogOptions
        {
            Timeout = values.Number("timeout", standard.Timeout),
            Extended = values.Flag("extended"),
            Minimum = values.Number("min-timeout", standard.Minimum),
            Maximum = values.Number("max-timeout", standard.Maximum),
            Processors = values.Number("vcpus", standard.Processors),
            NoWayOut = values.Flag("no-way-out"),
            Monitor = values.Text("monitor"),
            Board = values.Text("board"),
        };
    }
}

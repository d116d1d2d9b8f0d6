using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Entropy;
using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rtc;
using Stratos.Fabric.Devices.Spi;
using Stratos.Fabric.Devices.Watchdog;

namespace Stratos.Fabric.Devices.Catalogue;

/// <summary>All kinds of device that the program can serve. A new device has a kind in its own folder and appears here.</summary>
public static class DeviceKinds
{
    /// <summary>All kinds, by ascending name.</summary>
    public static IReadOnlyList<DeviceKind> All { get; } =
    [
        BlockKind.Kind,
        CanKind.Kind,
        ConsoleKind.Kind,
        EntropyKind.Kind,
        GpioKind.Kind,
        I2cKind.Kind,
        RpmbKind.Kind,
        RtcKind.Kind,
        SpiKind.Kind,
        WatchdogKind.Kind,
    ];

    /// <summary>Finds a kind by its name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static DeviceKind Find(string name) =>
        All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new ArgumentException($"There is no device '{name}'. {NearestName.Suggest(name, [.. All.Select(static kind => kind.Name)])}");
}

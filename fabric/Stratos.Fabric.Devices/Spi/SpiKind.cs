using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Devices.Spi.Simulation;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Spi;

/// <summary>The kind <c>spi</c>.</summary>
public static class SpiKind
{
    /// <summary>The kind: its options, and how a device is made from them.</summary>
    public static DeviceKind Kind { get; } = new(
        "spi",
        VirtioDeviceId.Spi,
        "an SPI controller with simulated chips",
        [
            new("chips", "LIST", $"simulate these chips, each at its chip select, such as loopback@0+25c256@1+w25q32@2; models: {SpiBusPlan.Models}"),
            new("board", "PATH", "keep what the chips keep in this file, which several devices may share; default: a file that goes with the program"),
            new("allow", "LIST", "let the guest use these chip selects only, such as 0+2; default: all"),
        ],
        static values =>
        {
            SpiOptions options = new() { Chips = values.Text("chips"), Board = values.Text("board"), Allow = values.Text("allow") };
            SpiAccess access = options.ReadAccess();
            return new SpiControllerDevice(options.OpenPort(), access);
        })
    {
        Launcher = BoardLauncher.Open,
    };
}

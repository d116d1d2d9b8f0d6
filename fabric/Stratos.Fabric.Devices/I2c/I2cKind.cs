using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Devices.I2c.Simulation;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>The kind <c>i2c</c>.</summary>
public static class I2cKind
{
    /// <summary>The kind: its options, and how a device is made from them.</summary>
    public static DeviceKind Kind { get; } = new(
        "i2c",
        VirtioDeviceId.I2cAdapter,
        "an I2C bus: simulated chips, or a bus of the host",
        [
            new("chips", "LIST", $"simulate these chips, such as 24c32@0x50+lm75@0x48; models: {I2cBusPlan.Models}"),
            new("board", "PATH", "keep what the chips keep in this file, which several devices may share; default: a file that goes with the program"),
            new("bus", "N", "use /dev/i2c-N of the host"),
            new("allow", "LIST", "let the guest use these addresses only, such as 0x50+0x48-0x4f+0x123/10; default: all"),
        ],
        static values =>
        {
            I2cOptions options = new()
            {
                Chips = values.Text("chips"),
                Board = values.Text("board"),
                Bus = values.Text("bus") is null ? null : values.Number("bus", 0),
                Allow = values.Text("allow"),
            };
            I2cAccess access = options.ReadAccess();
            return new I2cAdapterDevice(options.OpenPort(), access);
        })
    {
        Launcher = BoardLauncher.Open,
    };
}

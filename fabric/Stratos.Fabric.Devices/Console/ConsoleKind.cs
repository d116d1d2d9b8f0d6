using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Console;

/// <summary>The kind <c>console</c>.</summary>
public static class ConsoleKind
{
    /// <summary>The kind: its options, and how a device is made from them.</summary>
    public static DeviceKind Kind { get; } = new(
        "console",
        VirtioDeviceId.Console,
        "a console (/dev/hvc0) and serial ports on files and terminals",
        ConsoleOptionTexts.Options,
        static values => ConsoleDevice.Create(ConsoleOptionTexts.Read(values)))
    {
        Launcher = ConsoleLauncher.Open,
    };
}

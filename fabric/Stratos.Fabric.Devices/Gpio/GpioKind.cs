using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>The kind <c>gpio</c>.</summary>
public static class GpioKind
{
    /// <summary>The kind: its options, and how a device is made from them.</summary>
    public static DeviceKind Kind { get; } = new(
        "gpio",
        VirtioDeviceId.Gpio,
        "lines to drive, sense and get interrupts from (/dev/gpiochip0), on a gpiochip or a simulated bank",
        GpioOptionTexts.Options,
        static values => GpioDevice.Create(GpioOptionTexts.Read(values)));
}

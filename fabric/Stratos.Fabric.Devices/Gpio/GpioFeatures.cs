namespace Stratos.Fabric.Devices.Gpio;

/// <summary>Feature bits of the GPIO device (virtio 1.4, section 5.18.3), as masks.</summary>
public static class GpioFeatures
{
    /// <summary>VIRTIO_GPIO_F_IRQ, bit 0: lines make interrupts.</summary>
    public const ulong Interrupts = 1UL << 0;
}

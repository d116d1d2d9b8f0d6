namespace Stratos.Fabric.Devices.Gpio;

/// <summary>Requests of the requestq: VIRTIO_GPIO_MSG_* (virtio 1.4, section 5.18.6).</summary>
internal enum GpioMessageType : ushort
{
    GetLineNames = 1,
    GetDirection = 2,
    SetDirection = 3,
    GetValue = 4,
    SetValue = 5,
    SetInterruptType = 6,
}

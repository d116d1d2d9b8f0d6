namespace Stratos.Fabric.Devices.Gpio;

/// <summary>What a line is used for: VIRTIO_GPIO_DIRECTION_* (virtio 1.4, section 5.18.6).</summary>
public enum GpioDirection : byte
{
    /// <summary>The line is not in use.</summary>
    None = 0,
    /// <summary>The device drives the line.</summary>
    Output = 1,
    /// <summary>The device listens to the line.</summary>
    Input = 2,
}

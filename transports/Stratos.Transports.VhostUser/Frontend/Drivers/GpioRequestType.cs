namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>The type of a GPIO request (virtio 1.4, section 5.18.6).</summary>
public enum GpioRequestType : ushort
{
    /// <summary>VIRTIO_GPIO_MSG_GET_LINE_NAMES.</summary>
    GetLineNames = 1,

    /// <summary>VIRTIO_GPIO_MSG_GET_DIRECTION.</summary>
    GetDirection = 2,

    /// <summary>VIRTIO_GPIO_MSG_SET_DIRECTION: 0 out of use, 1 output, 2 input.</summary>
    SetDirection = 3,

    /// <summary>VIRTIO_GPIO_MSG_GET_VALUE.</summary>
    GetValue = 4,

    /// <summary>VIRTIO_GPIO_MSG_SET_VALUE: 0 low, 1 high.</summary>
    SetValue = 5,

    /// <summary>VIRTIO_GPIO_MSG_SET_IRQ_TYPE: 0 none, 1 rising, 2 falling, 3 both edges, 4 high, 8 low.</summary>
    SetInterruptType = 6,
}

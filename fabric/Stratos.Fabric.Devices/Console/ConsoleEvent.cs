namespace Stratos.Fabric.Devices.Console;

/// <summary>Kinds of control message (virtio 1.4, section 5.3.6.2).</summary>
internal enum ConsoleEvent : ushort
{
    /// <summary>VIRTIO_CONSOLE_DEVICE_READY, from the driver: it can take control messages; value 1, or 0 for failure.</summary>
    DeviceReady = 0,
    /// <summary>VIRTIO_CONSOLE_DEVICE_ADD, from the device: a port exists.</summary>
    PortAdd = 1,
    /// <summary>VIRTIO_CONSOLE_DEVICE_REMOVE, from the device: a port exists no more.</summary>
    PortRemove = 2,
    /// <summary>VIRTIO_CONSOLE_PORT_READY, from the driver: it has set the port up; value 1, or 0 for failure.</summary>
    PortReady = 3,
    /// <summary>VIRTIO_CONSOLE_CONSOLE_PORT, from the device: the port is a console.</summary>
    ConsolePort = 4,
    /// <summary>VIRTIO_CONSOLE_RESIZE, from the device: columns and rows follow.</summary>
    Resize = 5,
    /// <summary>VIRTIO_CONSOLE_PORT_OPEN, from either side: value 1 for opened, 0 for closed.</summary>
    PortOpen = 6,
    /// <summary>VIRTIO_CONSOLE_PORT_NAME, from the device: the name follows.</summary>
    PortName = 7,
}

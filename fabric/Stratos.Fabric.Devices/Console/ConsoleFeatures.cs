namespace Stratos.Fabric.Devices.Console;

/// <summary>Feature bits of the console device (virtio 1.4, section 5.3.3), as masks.</summary>
public static class ConsoleFeatures
{
    /// <summary>VIRTIO_CONSOLE_F_SIZE: the size of port 0 is in the configuration space.</summary>
    public const ulong Size = 1UL << 0;
    /// <summary>VIRTIO_CONSOLE_F_MULTIPORT: several ports and control queues.</summary>
    public const ulong MultiPort = 1UL << 1;
    /// <summary>VIRTIO_CONSOLE_F_EMERG_WRITE: single characters can be written through the configuration space.</summary>
    public const ulong EmergencyWrite = 1UL << 2;
}

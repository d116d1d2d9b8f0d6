namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>Feature bits of the extended watchdog (docs/standards/virtio-watchdog.md, "Feature bits"). The protocol in use has none.</summary>
public static class WatchdogFeatures
{
    /// <summary>VIRTIO_WATCHDOG_F_CONTROL: there is a configuration, and requests say what they want.</summary>
    public const ulong Control = 1UL << 0;

    /// <summary>VIRTIO_WATCHDOG_F_PRETIMEOUT: the driver may be told before the watchdog expires.</summary>
    public const ulong PreTimeout = 1UL << 1;

    /// <summary>VIRTIO_WATCHDOG_F_STOP: the driver may stop the watchdog.</summary>
    public const ulong Stop = 1UL << 2;

    /// <summary>VIRTIO_WATCHDOG_F_WINDOW: a ping may be too early.</summary>
    public const ulong Window = 1UL << 3;

    /// <summary>VIRTIO_WATCHDOG_F_VCPU: each virtual processor pings for itself.</summary>
    public const ulong Processors = 1UL << 4;

    /// <summary>VIRTIO_WATCHDOG_F_BOOT_STATUS: the configuration says why the watchdog expired last.</summary>
    public const ulong BootStatus = 1UL << 5;

    /// <summary>Those that do not depend on how the device is set up.</summary>
    public const ulong Always = Control | PreTimeout | Window | BootStatus;
}

namespace Stratos.Fabric.Virtio.Spec;

/// <summary>Virtio device ids (virtio 1.4, section 5).</summary>
public enum VirtioDeviceId : uint
{
    /// <summary>Not a device.</summary>
    Reserved = 0,
    /// <summary>Network device, section 5.1.</summary>
    Net = 1,
    /// <summary>Block device, section 5.2.</summary>
    Block = 2,
    /// <summary>Console device, section 5.3.</summary>
    Console = 3,
    /// <summary>Entropy device, section 5.4.</summary>
    Entropy = 4,
    /// <summary>Real-time clock device, section 5.23.</summary>
    Rtc = 17,
    /// <summary>Replay-protected memory block device, section 5.12.</summary>
    Rpmb = 28,
    /// <summary>System control and management interface device, section 5.17.</summary>
    Scmi = 32,
    /// <summary>I2C adapter device, section 5.16.</summary>
    I2cAdapter = 34,
    /// <summary>Watchdog device; the id is reserved and has no chapter.</summary>
    Watchdog = 35,
    /// <summary>CAN device, section 5.20.</summary>
    Can = 36,
    /// <summary>GPIO device, section 5.18.</summary>
    Gpio = 41,
    /// <summary>SPI controller device, section 5.21.</summary>
    Spi = 45,
}

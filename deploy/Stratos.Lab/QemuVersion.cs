namespace Stratos.Lab;

/// <summary>The frontends of the lab: two QEMUs that differ enough to count as independent ones.</summary>
public enum QemuVersion
{
    /// <summary>QEMU 11.1: every vhost-user device, the generic test device, millisecond reconnects.</summary>
    Current,

    /// <summary>
    /// QEMU 7.2: block, network, gpio, i2c and rng; no test device. It reconnects by itself where 11.1 aborts.
    /// </summary>
    Bookworm,
}

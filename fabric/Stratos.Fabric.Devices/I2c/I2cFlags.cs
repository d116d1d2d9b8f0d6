namespace Stratos.Fabric.Devices.I2c;

/// <summary>The <c>flags</c> of a request (virtio 1.4, section 5.16.6.1). All other bits are reserved and zero.</summary>
[Flags]
internal enum I2cFlags : uint
{
    /// <summary>The last request of its group, and a write.</summary>
    None = 0,
    /// <summary>VIRTIO_I2C_FLAGS_FAIL_NEXT: the next request belongs to the same group and fails if this one does.</summary>
    FailNext = 1,
    /// <summary>VIRTIO_I2C_FLAGS_M_RD: a read.</summary>
    Read = 2,
}

namespace Stratos.Fabric.Devices.I2c;

/// <summary>Feature bits of the I2C adapter device (virtio 1.4, section 5.16.3), as masks.</summary>
public static class I2cFeatures
{
    /// <summary>VIRTIO_I2C_F_ZERO_LENGTH_REQUEST, bit 0: requests without data, and the read flag. Mandatory for both sides.</summary>
    public const ulong ZeroLengthRequest = 1UL << 0;
}

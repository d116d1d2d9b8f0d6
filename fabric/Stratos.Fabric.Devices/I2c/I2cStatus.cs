namespace Stratos.Fabric.Devices.I2c;

/// <summary>The <c>status</c> of a request (virtio 1.4, section 5.16.6.1).</summary>
internal enum I2cStatus : byte
{
    /// <summary>VIRTIO_I2C_MSG_OK.</summary>
    Ok = 0,
    /// <summary>VIRTIO_I2C_MSG_ERR.</summary>
    Error = 1,
}

namespace Stratos.Fabric.Devices.Block;

/// <summary>The status byte of a request (virtio 1.4, section 5.2.6).</summary>
internal enum BlockStatus : byte
{
    /// <summary>VIRTIO_BLK_S_OK.</summary>
    Ok = 0,
    /// <summary>VIRTIO_BLK_S_IOERR: the device or the driver erred.</summary>
    IoError = 1,
    /// <summary>VIRTIO_BLK_S_UNSUPP.</summary>
    Unsupported = 2,
}

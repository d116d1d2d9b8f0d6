namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>The status byte of a block request (virtio 1.4, section 5.2.6).</summary>
public enum BlockStatus : byte
{
    /// <summary>VIRTIO_BLK_S_OK.</summary>
    Ok = 0,

    /// <summary>VIRTIO_BLK_S_IOERR.</summary>
    IoError = 1,

    /// <summary>VIRTIO_BLK_S_UNSUPP.</summary>
    Unsupported = 2,

    /// <summary>What the driver puts there first: the device completed the request without writing a status.</summary>
    Unwritten = 0xFF,
}

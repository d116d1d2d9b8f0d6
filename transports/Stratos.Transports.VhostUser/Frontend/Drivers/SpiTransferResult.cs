namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>What a device says of a transfer (virtio 1.4, section 5.21.6.1).</summary>
public enum SpiTransferResult : byte
{
    /// <summary>VIRTIO_SPI_TRANS_OK.</summary>
    Ok = 0,
    /// <summary>VIRTIO_SPI_PARAM_ERR.</summary>
    ParameterError = 1,
    /// <summary>VIRTIO_SPI_TRANS_ERR.</summary>
    TransferError = 2,
    /// <summary>Not a device's word: it wrote none.</summary>
    Unwritten = 0xFF,
}

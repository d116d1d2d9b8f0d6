namespace Stratos.Fabric.Devices.Spi;

/// <summary>The <c>result</c> of a request (virtio 1.4, section 5.21.6.1).</summary>
internal enum SpiResult : byte
{
    /// <summary>VIRTIO_SPI_TRANS_OK.</summary>
    Ok = 0,
    /// <summary>VIRTIO_SPI_PARAM_ERR: a parameter is invalid, or asks for what the device cannot do.</summary>
    ParameterError = 1,
    /// <summary>VIRTIO_SPI_TRANS_ERR: the parameters are valid and the transfer failed.</summary>
    TransferError = 2,
}

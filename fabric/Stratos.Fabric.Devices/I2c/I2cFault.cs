namespace Stratos.Fabric.Devices.I2c;

/// <summary>Why a message of a transfer failed. A guest is told of any of them as VIRTIO_I2C_MSG_ERR.</summary>
public enum I2cFault : byte
{
    /// <summary>It did not fail.</summary>
    None = 0,
    /// <summary>Nobody acknowledged the address.</summary>
    AddressNotAcknowledged,
    /// <summary>A byte was not acknowledged.</summary>
    DataNotAcknowledged,
    /// <summary>Another master had the bus.</summary>
    ArbitrationLost,
    /// <summary>The bus did not get free, or a clock was held, for too long.</summary>
    TimedOut,
    /// <summary>The bus cannot do such a message.</summary>
    Unsupported,
    /// <summary>The host's adapter failed.</summary>
    AdapterFailed,
}

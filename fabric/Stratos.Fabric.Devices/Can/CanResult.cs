namespace Stratos.Fabric.Devices.Can;

/// <summary>The outcome of a request (virtio 1.4, section 5.20.5).</summary>
internal enum CanResult : byte
{
    /// <summary>VIRTIO_CAN_RESULT_OK.</summary>
    Ok = 0,

    /// <summary>VIRTIO_CAN_RESULT_NOT_OK.</summary>
    NotOk = 1,
}

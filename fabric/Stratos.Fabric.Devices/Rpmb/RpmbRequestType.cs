namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>Request types (virtio 1.4, section 5.12.6): the field <c>req_resp</c> of a frame that the driver sends. A response has the type shifted left by eight bits.</summary>
public enum RpmbRequestType : ushort
{
    /// <summary>No request.</summary>
    None = 0,

    /// <summary>VIRTIO_RPMB_REQ_PROGRAM_KEY: sets the authentication key, once for all time.</summary>
    ProgramKey = 1,

    /// <summary>VIRTIO_RPMB_REQ_GET_WRITE_COUNTER: asks for the number of writes so far.</summary>
    GetWriteCounter = 2,

    /// <summary>VIRTIO_RPMB_REQ_DATA_WRITE: writes blocks, all or none of them.</summary>
    DataWrite = 3,

    /// <summary>VIRTIO_RPMB_REQ_DATA_READ: reads blocks.</summary>
    DataRead = 4,

    /// <summary>VIRTIO_RPMB_REQ_RESULT_READ: asks what became of the last key or write.</summary>
    ResultRead = 5,
}

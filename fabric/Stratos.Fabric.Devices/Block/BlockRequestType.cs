namespace Stratos.Fabric.Devices.Block;

/// <summary>Request types (virtio 1.4, section 5.2.6) that the device serves; every other one is unsupported.</summary>
internal enum BlockRequestType : uint
{
    /// <summary>VIRTIO_BLK_T_IN: read.</summary>
    Read = 0,
    /// <summary>VIRTIO_BLK_T_OUT: write.</summary>
    Write = 1,
    /// <summary>VIRTIO_BLK_T_FLUSH.</summary>
    Flush = 4,
    /// <summary>VIRTIO_BLK_T_GET_ID.</summary>
    GetId = 8,
    /// <summary>VIRTIO_BLK_T_DISCARD.</summary>
    Discard = 11,
    /// <summary>VIRTIO_BLK_T_WRITE_ZEROES.</summary>
    WriteZeroes = 13,
}

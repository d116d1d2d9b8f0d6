namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>Operation results (virtio 1.4, section 5.12.6.1): the field <c>result</c> of a frame that the device sends.</summary>
/// <remarks><see cref="WriteCounterExpired"/> is a bit: a device whose counter has reached its end adds it to every other result, as eMMC has it.</remarks>
[Flags]
public enum RpmbResult : ushort
{
    /// <summary>VIRTIO_RPMB_RES_OK.</summary>
    Ok = 0,

    /// <summary>VIRTIO_RPMB_RES_GENERAL_FAILURE: the request makes no sense.</summary>
    GeneralFailure = 1,

    /// <summary>VIRTIO_RPMB_RES_AUTH_FAILURE: the MAC is not the key's.</summary>
    AuthFailure = 2,

    /// <summary>VIRTIO_RPMB_RES_COUNT_FAILURE: the write counter is not the device's.</summary>
    CountFailure = 3,

    /// <summary>VIRTIO_RPMB_RES_ADDR_FAILURE: beyond the capacity.</summary>
    AddrFailure = 4,

    /// <summary>VIRTIO_RPMB_RES_WRITE_FAILURE: the host could not write, or the key is programmed already.</summary>
    WriteFailure = 5,

    /// <summary>VIRTIO_RPMB_RES_READ_FAILURE: the host could not read, or what it read is damaged.</summary>
    ReadFailure = 6,

    /// <summary>VIRTIO_RPMB_RES_NO_AUTH_KEY: no key was programmed yet.</summary>
    NoAuthKey = 7,

    /// <summary>VIRTIO_RPMB_RES_WRITE_COUNTER_EXPIRED: 2^32 - 1 writes were made; there will be no more.</summary>
    WriteCounterExpired = 0x80,
}

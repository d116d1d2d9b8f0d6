namespace Stratos.Fabric.Devices.Can;

/// <summary>The flags of a CAN frame as the device's messages have them (virtio 1.4, section 5.20.5.2).</summary>
[Flags]
public enum CanFrameFlags : uint
{
    /// <summary>A classic data frame with an identifier of 11 bits.</summary>
    None = 0,

    /// <summary>VIRTIO_CAN_FLAGS_RTR: a request for a frame; it has a length and no data.</summary>
    RemoteRequest = 0x2000,

    /// <summary>VIRTIO_CAN_FLAGS_FD: up to 64 bytes.</summary>
    FlexibleDataRate = 0x4000,

    /// <summary>VIRTIO_CAN_FLAGS_EXTENDED: the identifier has 29 bits.</summary>
    Extended = 0x8000,

    /// <summary>All that are defined.</summary>
    Defined = RemoteRequest | FlexibleDataRate | Extended,
}

namespace Stratos.Fabric.Devices.Can;

/// <summary>Feature bits of the CAN device (virtio 1.4, section 5.20.3), as masks.</summary>
public static class CanFeatures
{
    /// <summary>VIRTIO_CAN_F_CAN_CLASSIC, bit 0: frames of up to 8 bytes.</summary>
    public const ulong Classic = 1UL << 0;

    /// <summary>VIRTIO_CAN_F_CAN_FD, bit 1: frames of up to 64 bytes.</summary>
    public const ulong FlexibleDataRate = 1UL << 1;

    /// <summary>VIRTIO_CAN_F_RTR_FRAMES, bit 2: remote transmission requests. Needs <see cref="Classic"/>.</summary>
    public const ulong RemoteRequests = 1UL << 2;

    /// <summary>VIRTIO_CAN_F_LATE_TX_ACK, bit 3: a frame is acknowledged when it has been on the bus, not when it is scheduled.</summary>
    public const ulong LateAcknowledgement = 1UL << 3;
}

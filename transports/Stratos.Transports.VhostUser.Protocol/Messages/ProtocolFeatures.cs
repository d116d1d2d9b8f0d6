namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>Protocol features, VHOST_USER_PROTOCOL_F_* of the vhost-user specification.</summary>
[Flags]
public enum ProtocolFeatures : ulong
{
    /// <summary>No feature.</summary>
    None = 0,
    /// <summary>Bit 0: more than one queue; GET_QUEUE_NUM.</summary>
    MultiQueue = 1UL << 0,
    /// <summary>Bit 1: the dirty log's memory comes as a descriptor.</summary>
    LogShmFd = 1UL << 1,
    /// <summary>Bit 2: SEND_RARP.</summary>
    Rarp = 1UL << 2,
    /// <summary>Bit 3: every request can ask for an acknowledgement.</summary>
    ReplyAck = 1UL << 3,
    /// <summary>Bit 4: NET_SET_MTU.</summary>
    Mtu = 1UL << 4,
    /// <summary>Bit 5: the backend has a channel for its own requests.</summary>
    BackendReq = 1UL << 5,
    /// <summary>Bit 6: SET_VRING_ENDIAN.</summary>
    CrossEndian = 1UL << 6,
    /// <summary>Bit 7: crypto sessions.</summary>
    CryptoSession = 1UL << 7,
    /// <summary>Bit 8: postcopy migration.</summary>
    PageFault = 1UL << 8,
    /// <summary>Bit 9: the backend serves the configuration space.</summary>
    Config = 1UL << 9,
    /// <summary>Bit 10: requests of the backend may carry descriptors.</summary>
    BackendSendFd = 1UL << 10,
    /// <summary>Bit 11: notification areas can be mapped into the guest.</summary>
    HostNotifier = 1UL << 11,
    /// <summary>Bit 12: requests in flight are recorded in shared memory.</summary>
    InflightShmFd = 1UL << 12,
    /// <summary>Bit 13: RESET_DEVICE.</summary>
    ResetDevice = 1UL << 13,
    /// <summary>Bit 14: doorbells may be messages.</summary>
    InbandNotifications = 1UL << 14,
    /// <summary>Bit 15: memory regions are added and removed one by one.</summary>
    ConfigureMemSlots = 1UL << 15,
    /// <summary>Bit 16: GET_STATUS and SET_STATUS.</summary>
    Status = 1UL << 16,
    /// <summary>Bit 17: memory regions are mapped through Xen's privcmd.</summary>
    XenMmap = 1UL << 17,
    /// <summary>Bit 18: objects that devices share.</summary>
    SharedObject = 1UL << 18,
    /// <summary>Bit 19: the device's internal state can be saved and loaded.</summary>
    DeviceState = 1UL << 19,
    /// <summary>Bit 20: GET_VRING_BASE leaves requests in flight in their record instead of waiting for them.</summary>
    GetVringBaseInflight = 1UL << 20,
    /// <summary>Bit 21: ring addresses are guest-physical.</summary>
    GpaAddresses = 1UL << 21,
    /// <summary>Bit 22: shared memory regions; GET_SHMEM_CONFIG.</summary>
    ShmemMap = 1UL << 22,
}

namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>Requests that a frontend sends to a backend (vhost-user specification, "Front-end message types").</summary>
public enum FrontendRequest : uint
{
    /// <summary>Not a request.</summary>
    None = 0,
    /// <summary>Ask for the features that are offered.</summary>
    GetFeatures = 1,
    /// <summary>Choose among the offered features.</summary>
    SetFeatures = 2,
    /// <summary>The session begins.</summary>
    SetOwner = 3,
    /// <summary>Deprecated; disables all rings.</summary>
    ResetOwner = 4,
    /// <summary>Replace the guest's memory regions, one descriptor each.</summary>
    SetMemTable = 5,
    /// <summary>Give the memory of the dirty log.</summary>
    SetLogBase = 6,
    /// <summary>Give the eventfd that is rung when the dirty log changed.</summary>
    SetLogFd = 7,
    /// <summary>Set a ring's size.</summary>
    SetVringNum = 8,
    /// <summary>Set a ring's addresses.</summary>
    SetVringAddr = 9,
    /// <summary>Set where a ring begins.</summary>
    SetVringBase = 10,
    /// <summary>Stop a ring and ask where it stands.</summary>
    GetVringBase = 11,
    /// <summary>Give the doorbell of the driver; starts the ring.</summary>
    SetVringKick = 12,
    /// <summary>Give the doorbell to the driver.</summary>
    SetVringCall = 13,
    /// <summary>Give the doorbell for a ring's failure.</summary>
    SetVringErr = 14,
    /// <summary>Ask for the protocol features that are offered.</summary>
    GetProtocolFeatures = 15,
    /// <summary>Choose among the offered protocol features.</summary>
    SetProtocolFeatures = 16,
    /// <summary>Ask for the number of queues.</summary>
    GetQueueNum = 17,
    /// <summary>Enable or disable a ring.</summary>
    SetVringEnable = 18,
    /// <summary>Network devices: announce the guest after migration.</summary>
    SendRarp = 19,
    /// <summary>Network devices: set the MTU.</summary>
    NetSetMtu = 20,
    /// <summary>Give the socket for the backend's own requests.</summary>
    SetBackendReqFd = 21,
    /// <summary>Update or invalidate I/O address translations.</summary>
    IotlbMsg = 22,
    /// <summary>Legacy devices: set a ring's byte order.</summary>
    SetVringEndian = 23,
    /// <summary>Read the configuration space.</summary>
    GetConfig = 24,
    /// <summary>Write the configuration space.</summary>
    SetConfig = 25,
    /// <summary>Crypto devices: open a session.</summary>
    CreateCryptoSession = 26,
    /// <summary>Crypto devices: close a session.</summary>
    CloseCryptoSession = 27,
    /// <summary>Postcopy migration comes.</summary>
    PostcopyAdvise = 28,
    /// <summary>Postcopy migration begins.</summary>
    PostcopyListen = 29,
    /// <summary>Postcopy migration ended.</summary>
    PostcopyEnd = 30,
    /// <summary>Ask the backend for memory that records requests in flight.</summary>
    GetInflightFd = 31,
    /// <summary>Give that memory (back) to the backend.</summary>
    SetInflightFd = 32,
    /// <summary>GPU devices: give the display socket.</summary>
    GpuSetSocket = 33,
    /// <summary>Reset the device.</summary>
    ResetDevice = 34,
    /// <summary>In-band doorbell of the driver.</summary>
    VringKick = 35,
    /// <summary>Ask for the number of memory slots.</summary>
    GetMaxMemSlots = 36,
    /// <summary>Add one memory region.</summary>
    AddMemReg = 37,
    /// <summary>Remove one memory region.</summary>
    RemMemReg = 38,
    /// <summary>Tell the virtio device status.</summary>
    SetStatus = 39,
    /// <summary>Ask for the virtio device status.</summary>
    GetStatus = 40,
    /// <summary>Ask for an object that devices share.</summary>
    GetSharedObject = 41,
    /// <summary>Begin to save or load the device's internal state.</summary>
    SetDeviceStateFd = 42,
    /// <summary>Ask whether that went well.</summary>
    CheckDeviceState = 43,
    /// <summary>Ask for the shared memory regions of the device.</summary>
    GetShmemConfig = 44,
}

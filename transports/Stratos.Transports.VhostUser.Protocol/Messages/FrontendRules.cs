using Stratos.Transports.VhostUser.Protocol.Payloads;
using static Stratos.Transports.VhostUser.Protocol.Messages.FrontendRequest;

namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>The rules of all requests that a frontend sends; backend, frontend and keeper work from this one table.</summary>
public static class FrontendRules
{
    private static readonly MessageRule[] ByNumber = Index(
    [
        Ask("GET_FEATURES", GetFeatures),
        Tell("SET_FEATURES", SetFeatures, sizeof(ulong)),
        Tell("SET_OWNER", SetOwner, 0),
        Tell("RESET_OWNER", ResetOwner, 0),
        Tell("SET_MEM_TABLE", SetMemTable, MemoryTableHeader.Length) with
        {
            MaxPayload = MemoryTableHeader.Length + MemoryTableHeader.MaxRegions * MemoryRegion.Length,
            MaxDescriptors = MemoryTableHeader.MaxRegions,
        },
        Ask("SET_LOG_BASE", SetLogBase, LogDescription.Length) with
        {
            MinDescriptors = 1, MaxDescriptors = 1, MinReply = 0, Requires = ProtocolFeatures.LogShmFd,
        },
        Tell("SET_LOG_FD", SetLogFd, 0, descriptors: 1),
        Tell("SET_VRING_NUM", SetVringNum, VringState.Length),
        Tell("SET_VRING_ADDR", SetVringAddr, VringAddress.Length),
        Tell("SET_VRING_BASE", SetVringBase, VringState.Length),
        Ask("GET_VRING_BASE", GetVringBase, VringState.Length),
        Doorbell("SET_VRING_KICK", SetVringKick),
        Doorbell("SET_VRING_CALL", SetVringCall),
        Doorbell("SET_VRING_ERR", SetVringErr),
        Ask("GET_PROTOCOL_FEATURES", GetProtocolFeatures),
        Tell("SET_PROTOCOL_FEATURES", SetProtocolFeatures, sizeof(ulong)),
        Ask("GET_QUEUE_NUM", GetQueueNum) with { Requires = ProtocolFeatures.MultiQueue },
        Tell("SET_VRING_ENABLE", SetVringEnable, VringState.Length),
        Tell("SEND_RARP", SendRarp, sizeof(ulong), ProtocolFeatures.Rarp),
        Tell("NET_SET_MTU", NetSetMtu, sizeof(ulong), ProtocolFeatures.Mtu),
        Tell("SET_BACKEND_REQ_FD", SetBackendReqFd, 0, ProtocolFeatures.BackendReq, 1),
        Ask("IOTLB_MSG", IotlbMsg, 26) with { MaxPayload = 40 },
        Tell("SET_VRING_ENDIAN", SetVringEndian, VringState.Length, ProtocolFeatures.CrossEndian),
        Ask("GET_CONFIG", GetConfig, ConfigHeader.Length, ProtocolFeatures.Config) with
        {
            MaxPayload = ConfigHeader.Length + ConfigHeader.MaxConfig,
            MinReply = 0, MaxReply = ConfigHeader.Length + ConfigHeader.MaxConfig,
        },
        Tell("SET_CONFIG", SetConfig, ConfigHeader.Length, ProtocolFeatures.Config) with
        {
            MaxPayload = ConfigHeader.Length + ConfigHeader.MaxConfig,
        },
        Ask("CREATE_CRYPTO_SESSION", CreateCryptoSession, 0, ProtocolFeatures.CryptoSession) with { MaxPayload = 2048, MaxReply = 2048 },
        Tell("CLOSE_CRYPTO_SESSION", CloseCryptoSession, sizeof(ulong), ProtocolFeatures.CryptoSession),
        Ask("POSTCOPY_ADVISE", PostcopyAdvise, 0, ProtocolFeatures.PageFault) with { MinReply = 0, MaxReplyDescriptors = 1 },
        Tell("POSTCOPY_LISTEN", PostcopyListen, 0, ProtocolFeatures.PageFault),
        Ask("POSTCOPY_END", PostcopyEnd, 0, ProtocolFeatures.PageFault),
        Ask("GET_INFLIGHT_FD", GetInflightFd, InflightDescription.UnpaddedLength, ProtocolFeatures.InflightShmFd) with
        {
            MaxPayload = InflightDescription.Length,
            MinReply = InflightDescription.UnpaddedLength, MaxReply = InflightDescription.Length, MaxReplyDescriptors = 1,
        },
        Tell("SET_INFLIGHT_FD", SetInflightFd, InflightDescription.UnpaddedLength, ProtocolFeatures.InflightShmFd, 1) with
        {
            MaxPayload = InflightDescription.Length,
        },
        Tell("GPU_SET_SOCKET", GpuSetSocket, 0, descriptors: 1),
        Tell("RESET_DEVICE", ResetDevice, 0, ProtocolFeatures.ResetDevice),
        Tell("VRING_KICK", VringKick, VringState.Length, ProtocolFeatures.InbandNotifications),
        Ask("GET_MAX_MEM_SLOTS", GetMaxMemSlots, 0, ProtocolFeatures.ConfigureMemSlots),
        Tell("ADD_MEM_REG", AddMemReg, SingleMemoryRegion.Length, ProtocolFeatures.ConfigureMemSlots, 1),
        // Some frontends send a descriptor with it, which the specification tells the backend to close.
        Tell("REM_MEM_REG", RemMemReg, SingleMemoryRegion.Length, ProtocolFeatures.ConfigureMemSlots) with { MaxDescriptors = 1 },
        Tell("SET_STATUS", SetStatus, sizeof(ulong), ProtocolFeatures.Status),
        Ask("GET_STATUS", GetStatus, 0, ProtocolFeatures.Status),
        Ask("GET_SHARED_OBJECT", GetSharedObject, 16, ProtocolFeatures.SharedObject) with { MinReply = 0, MaxReply = 16, MaxReplyDescriptors = 1 },
        Ask("SET_DEVICE_STATE_FD", SetDeviceStateFd, DeviceStateTransfer.Length, ProtocolFeatures.DeviceState) with
        {
            MinDescriptors = 1, MaxDescriptors = 1, MaxReplyDescriptors = 1,
        },
        Ask("CHECK_DEVICE_STATE", CheckDeviceState, 0, ProtocolFeatures.DeviceState),
        Ask("GET_SHMEM_CONFIG", GetShmemConfig, 0, ProtocolFeatures.ShmemMap) with
        {
            MinReply = ShmemConfigHeader.ReplyLength, MaxReply = ShmemConfigHeader.ReplyLength,
        },
    ]);

    /// <summary>All rules, by ascending number.</summary>
    public static IReadOnlyList<MessageRule> All => ByNumber;

    /// <summary>The rule of a request; null when the specification has no such number.</summary>
    public static MessageRule? Find(uint request) => request - 1 < (uint)ByNumber.Length ? ByNumber[request - 1] : null;

    /// <summary>The rule of a request.</summary>
    public static MessageRule Of(FrontendRequest request) =>
        Find((uint)request) ?? throw new ArgumentOutOfRangeException(nameof(request), request, "No request of the specification.");

    private static MessageRule Tell(
        string name, FrontendRequest request, int payload, ProtocolFeatures requires = ProtocolFeatures.None, int descriptors = 0) =>
        new(name, (uint)request)
        {
            MinPayload = payload, MaxPayload = payload, MinDescriptors = descriptors, MaxDescriptors = descriptors, Requires = requires,
        };

    private static MessageRule Ask(
        string name, FrontendRequest request, int payload = 0, ProtocolFeatures requires = ProtocolFeatures.None) =>
        Tell(name, request, payload, requires) with { Reply = ReplyKind.Own };

    private static MessageRule Doorbell(string name, FrontendRequest request) =>
        Tell(name, request, sizeof(ulong)) with { MaxDescriptors = 1 };

    private static MessageRule[] Index(MessageRule[] rules)
    {
        for (var i = 0; i < rules.Length; i++)
        {
            if (rules[i].Request != i + 1) throw new InvalidOperationException($"{rules[i].Name} is not at its number in the table.");
        }
        return rules;
    }
}

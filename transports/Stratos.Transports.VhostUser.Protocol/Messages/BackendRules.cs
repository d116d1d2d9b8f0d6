using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>The rules of the requests that a backend sends over its own channel.</summary>
public static class BackendRules
{
    private const int IotlbLength = 40;
    private const int ShmemMapLength = 40;
    private const int SharedObjectLength = 16;
    private const int VringAreaLength = 24;

    private static readonly MessageRule[] ByNumber =
    [
        Rule("BACKEND_IOTLB_MSG", BackendRequest.IotlbMsg, 26, ProtocolFeatures.BackendReq) with { MaxPayload = IotlbLength },
        Rule("BACKEND_CONFIG_CHANGE_MSG", BackendRequest.ConfigChangeMsg, 0, ProtocolFeatures.Config),
        Rule("BACKEND_VRING_HOST_NOTIFIER_MSG", BackendRequest.VringHostNotifierMsg, VringAreaLength, ProtocolFeatures.HostNotifier)
            with { MaxDescriptors = 1 },
        Rule("BACKEND_VRING_CALL", BackendRequest.VringCall, VringState.Length, ProtocolFeatures.InbandNotifications),
        Rule("BACKEND_VRING_ERR", BackendRequest.VringErr, VringState.Length, ProtocolFeatures.InbandNotifications),
        Rule("BACKEND_SHARED_OBJECT_ADD", BackendRequest.SharedObjectAdd, SharedObjectLength, ProtocolFeatures.SharedObject),
        Rule("BACKEND_SHARED_OBJECT_REMOVE", BackendRequest.SharedObjectRemove, SharedObjectLength, ProtocolFeatures.SharedObject),
        Rule("BACKEND_SHARED_OBJECT_LOOKUP", BackendRequest.SharedObjectLookup, SharedObjectLength, ProtocolFeatures.SharedObject)
            with { Reply = ReplyKind.Own, MaxReplyDescriptors = 1 },
        Rule("BACKEND_SHMEM_MAP", BackendRequest.ShmemMap, ShmemMapLength, ProtocolFeatures.ShmemMap)
            with { MinDescriptors = 1, MaxDescriptors = 1 },
        Rule("BACKEND_SHMEM_UNMAP", BackendRequest.ShmemUnmap, ShmemMapLength, ProtocolFeatures.ShmemMap),
    ];

    /// <summary>All rules, by ascending number.</summary>
    public static IReadOnlyList<MessageRule> All => ByNumber;

    /// <summary>The rule of a request; null when the specification has no such number.</summary>
    public static MessageRule? Find(uint request) => request - 1 < (uint)ByNumber.Length ? ByNumber[request - 1] : null;

    private static MessageRule Rule(string name, BackendRequest request, int payload, ProtocolFeatures requires) =>
        new(name, (uint)request) { MinPayload = payload, MaxPayload = payload, Requires = requires };
}

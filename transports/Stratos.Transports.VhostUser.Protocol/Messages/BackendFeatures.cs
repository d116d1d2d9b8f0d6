namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>The protocol features that the fabric's backend implements; nothing else may be offered in its name.</summary>
public static class BackendFeatures
{
    /// <summary>Those of every device.</summary>
    public const ProtocolFeatures Always =
        ProtocolFeatures.MultiQueue | ProtocolFeatures.LogShmFd | ProtocolFeatures.ReplyAck | ProtocolFeatures.BackendReq
        | ProtocolFeatures.InflightShmFd | ProtocolFeatures.ResetDevice | ProtocolFeatures.ConfigureMemSlots | ProtocolFeatures.Status
        | ProtocolFeatures.GetVringBaseInflight;

    /// <summary>The number of memory slots that GET_MAX_MEM_SLOTS answers: what QEMU's machines have at most.</summary>
    public const int MemorySlots = 509;

    /// <summary>Those of a device with a configuration space of so many bytes.</summary>
    public static ProtocolFeatures For(int configLength) => configLength > 0 ? Always | ProtocolFeatures.Config : Always;
}

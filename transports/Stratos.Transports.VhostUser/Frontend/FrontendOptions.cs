using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Frontend;

/// <summary>What a frontend asks for when it negotiates.</summary>
public sealed record FrontendOptions
{
    /// <summary>Virtio feature bits that the driver would accept; those that the backend offers of them are negotiated.</summary>
    public required ulong Features { get; init; }

    /// <summary>Virtio feature bits without which there is no session.</summary>
    public ulong RequiredFeatures { get; init; }

    /// <summary>Protocol features that the frontend would use.</summary>
    public ProtocolFeatures ProtocolFeatures { get; init; } = Supported;

    /// <summary>How long an answer may take. A session keeper answers late while it replaces its worker.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether memory is given region by region (ADD_MEM_REG) where the backend can take it so; else as one table.</summary>
    public bool MemoryBySlots { get; init; }

    /// <summary>Whether the frontend keeps the record of requests in flight (GET_INFLIGHT_FD) where the backend offers one.</summary>
    public bool KeepInflight { get; init; } = true;

    /// <summary>Guest memory in bytes.</summary>
    public ulong MemoryLength { get; init; } = 16 << 20;

    /// <summary>Regions that the guest memory is made of, 1 to 8.</summary>
    public int MemoryRegions { get; init; } = 1;

    /// <summary>All protocol features that this frontend knows how to use.</summary>
    public const ProtocolFeatures Supported =
        ProtocolFeatures.MultiQueue | ProtocolFeatures.LogShmFd | ProtocolFeatures.ReplyAck | ProtocolFeatures.BackendReq |
        ProtocolFeatures.Config | ProtocolFeatures.InflightShmFd | ProtocolFeatures.ResetDevice |
        ProtocolFeatures.ConfigureMemSlots | ProtocolFeatures.Status;
}

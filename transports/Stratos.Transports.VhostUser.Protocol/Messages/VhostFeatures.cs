namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>Bits that vhost-user puts among the virtio features; no device and no driver sees them.</summary>
public static class VhostFeatures
{
    /// <summary>VHOST_F_LOG_ALL, bit 26: mark the guest pages that the backend writes.</summary>
    public const ulong LogAll = 1UL << 26;

    /// <summary>VHOST_USER_F_PROTOCOL_FEATURES, bit 30: protocol features can be negotiated, and rings begin disabled.</summary>
    public const ulong ProtocolFeatures = 1UL << 30;

    /// <summary>Both.</summary>
    public const ulong All = LogAll | ProtocolFeatures;
}

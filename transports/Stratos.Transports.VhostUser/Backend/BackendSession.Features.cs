using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Backend;

/// <content>Negotiation.</content>
internal sealed partial class BackendSession
{
    private bool DispatchFeatures(FrontendRequest request)
    {
        switch (request)
        {
            case FrontendRequest.GetFeatures:
                Reply(_state.OfferedFeatures);
                return true;
            case FrontendRequest.SetFeatures:
                SetFeatures(Read<ulong>());
                return true;
            case FrontendRequest.GetProtocolFeatures:
                Reply((ulong)_state.OfferedProtocol);
                return true;
            case FrontendRequest.SetProtocolFeatures:
                SetProtocolFeatures((ProtocolFeatures)Read<ulong>());
                return true;
            case FrontendRequest.GetQueueNum:
                Reply((ulong)_description.Queues.Count);
                return true;
            case FrontendRequest.SetOwner:
                // The session began with the connection.
                return true;
            case FrontendRequest.ResetOwner:
                foreach (var ring in _rings.All) StopByFrontend(ring);
                return true;
            default:
                return false;
        }
    }

    private void SetFeatures(ulong features)
    {
        var unknown = features & ~_state.OfferedFeatures;
        if (unknown != 0) throw new RefusedMessageException($"SET_FEATURES: 0x{features:x} has bits 0x{unknown:x} that were not offered");
        var changed = features ^ _state.Features;
        if (changed == 0) return;
        if (_rings.AnyRunning && (changed & ~VhostFeatures.LogAll) != 0)
            throw new RefusedMessageException($"SET_FEATURES: bits 0x{changed:x} change while rings run; only VHOST_F_LOG_ALL may");
        _rings.StopAll();
        _state.Features = features;
        if ((changed & VhostFeatures.LogAll) != 0)
            _log((features & VhostFeatures.LogAll) != 0 ? "writes to guest memory are logged: the guest is being migrated" : "writes to guest memory are logged no more");
    }

    private void SetProtocolFeatures(ProtocolFeatures features)
    {
        var unknown = features & ~_state.OfferedProtocol;
        if (unknown != 0)
            throw new RefusedMessageException($"SET_PROTOCOL_FEATURES: 0x{(ulong)features:x} has bits 0x{(ulong)unknown:x} that were not offered");
        if ((features & (ProtocolFeatures.GetVringBaseInflight | ProtocolFeatures.InflightShmFd)) == ProtocolFeatures.GetVringBaseInflight)
            throw new RefusedMessageException("SET_PROTOCOL_FEATURES: GET_VRING_BASE_INFLIGHT without INFLIGHT_SHMFD");
        _state.ChosenProtocol = features;
    }
}

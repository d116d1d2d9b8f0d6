using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Backend;

/// <content>Who may run the rings: whoever is connected, or whom the session keeper grants it.</content>
internal sealed partial class BackendSession
{
    private bool _isLeaving;

    /// <summary>Whether the keeper ended the session; another one may begin on the same connection.</summary>
    internal bool IsOver { get; private set; }

    /// <summary>A frontend is connected without a keeper: the device begins a session of its own.</summary>
    internal void Begin()
    {
        _device.Perform(new DeviceOperation.Attach(DeviceState.Local(_description.StateLength), _events));
        _state.Epoch = EpochGate.Always;
    }

    /// <summary>Asks the keeper to relieve this worker; it serves on until then.</summary>
    /// <exception cref="SessionFailedException">The keeper has gone.</exception>
    internal void Leave()
    {
        _isLeaving = true;
        Send(new MessageWriter(_reply).Request((uint)KeeperRequest.Leave), []);
    }

    private bool DispatchKeeper(KeeperRequest request)
    {
        if (_keeper is null) return false;
        switch (request)
        {
            case KeeperRequest.Attach:
                Attach(_keeper);
                break;
            case KeeperRequest.Grant:
                Grant(_keeper, Read<ulong>());
                break;
            case KeeperRequest.End:
                // After LEAVE the session goes on with another worker, and with the state that the device has now.
                End(byKeeper: !_isLeaving);
                IsOver = true;
                break;
            default:
                return false;
        }
        Reply(0);
        return true;
    }

    private void Attach(KeeperAttachment keeper)
    {
        if (_state.Epoch is not null) throw new RefusedMessageException("KEEPER_ATTACH: this worker owns the session already");
        var descriptors = _channel.Descriptors;
        keeper.Attach(_description.StateLength, Read<ulong>(), descriptors.Take(0), descriptors.Count > 1 ? descriptors.Take(1) : null);
    }

    private void Grant(KeeperAttachment keeper, ulong epoch)
    {
        if (!keeper.IsAttached) throw new RefusedMessageException("KEEPER_GRANT: KEEPER_ATTACH has not come");
        if (_state.Epoch is { } held) throw new RefusedMessageException($"KEEPER_GRANT: epoch {epoch} for a worker that owns epoch {held.Epoch}");
        var gate = keeper.Gate(epoch);
        if (!gate.IsCurrent) throw new RefusedMessageException($"KEEPER_GRANT: epoch {epoch} is not the one of the epoch page");
        keeper.Hand(_device, _events);
        _state.Epoch = gate;
        _rings.StartReady();
        _log($"owns epoch {epoch}");
    }
}

using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Backend;

/// <content>Rings.</content>
internal sealed partial class BackendSession
{
    private bool DispatchRings(FrontendRequest request)
    {
        switch (request)
        {
            case FrontendRequest.SetVringNum:
                var size = Read<VringState>();
                _rings.At("SET_VRING_NUM", size.Index).SetSize(size.Number);
                return true;
            case FrontendRequest.SetVringAddr:
                SetAddress(Read<VringAddress>());
                return true;
            case FrontendRequest.SetVringBase:
                var start = Read<VringState>();
                _rings.At("SET_VRING_BASE", start.Index).SetBase(start.Number);
                return true;
            case FrontendRequest.GetVringBase:
                GetBase(_rings.At("GET_VRING_BASE", Read<VringState>().Index));
                return true;
            case FrontendRequest.SetVringKick:
                SetDoorbell(request, static (ring, doorbell) => ring.SetKick(doorbell));
                return true;
            case FrontendRequest.SetVringCall:
                SetDoorbell(request, static (ring, doorbell) => ring.SetCall(doorbell));
                return true;
            case FrontendRequest.SetVringErr:
                SetDoorbell(request, static (ring, doorbell) => ring.SetError(doorbell));
                return true;
            case FrontendRequest.SetVringEnable:
                Enable(Read<VringState>());
                return true;
            default:
                return false;
        }
    }

    private void SetAddress(VringAddress address)
    {
        var ring = _rings.At("SET_VRING_ADDR", address.Index);
        if ((address.Flags & ~VringAddress.LogFlag) != 0)
            throw new RefusedMessageException($"SET_VRING_ADDR: flags 0x{address.Flags:x} for ring {address.Index}; only VHOST_VRING_F_LOG is known");
        if (ring.Address == address) return;
        _rings.Stop(ring);
        ring.Address = address;
    }

    private void GetBase(Vring ring)
    {
        StopByFrontend(ring);
        var packed = Vring.IsPacked(_state.Features);
        ReplyWith(new VringState((uint)ring.Index, Number(ring.Position(packed)).Encode(packed)));
    }

    private void StopByFrontend(Vring ring)
    {
        _rings.Stop(ring);
        ring.Rest();
    }

    private void SetDoorbell(FrontendRequest request, Action<Vring, EventFd?> set)
    {
        var name = FrontendRules.Of(request).Name;
        var number = Read<VringDescriptor>();
        if (number.Check(name, _channel.Descriptors.Count) is { } fault) throw new RefusedMessageException(fault);
        var ring = _rings.At(name, (uint)number.Index);
        var doorbell = number.HasDescriptor ? EventFd() : null;
        _rings.Stop(ring);
        set(ring, doorbell);
    }

    private void Enable(VringState state)
    {
        var ring = _rings.At("SET_VRING_ENABLE", state.Index);
        if (state.Number > 1) throw new RefusedMessageException($"SET_VRING_ENABLE: {state.Number} for ring {state.Index}; 0 or 1 expected");
        if (state.Number == 0) _rings.Stop(ring);
        ring.SetEnabled(state.Number == 1);
    }

    private static VringBase Number(QueueState state) => new(state.AvailIndex, state.AvailWrap, state.UsedIndex, state.UsedWrap);
}

using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Backend;

/// <content>Guest memory, the dirty log and the record of requests in flight.</content>
internal sealed partial class BackendSession
{
    private bool DispatchMemory(FrontendRequest request)
    {
        switch (request)
        {
            case FrontendRequest.SetMemTable:
                Change(_state.Memory.Replace(_channel.Payload, _channel.Descriptors));
                return true;
            case FrontendRequest.GetMaxMemSlots:
                Reply((ulong)_state.Memory.Slots);
                return true;
            case FrontendRequest.AddMemReg:
                Change(_state.Memory.Add(Read<SingleMemoryRegion>().Region, _channel.Descriptors));
                return true;
            case FrontendRequest.RemMemReg:
                Change(_state.Memory.Remove(Read<SingleMemoryRegion>().Region));
                return true;
            case FrontendRequest.SetLogBase:
                _rings.StopAll();
                _state.Log.Give(Read<LogDescription>(), _channel.Descriptors.Take(0), _state.Memory.End);
                Reply(0);
                return true;
            case FrontendRequest.SetLogFd:
                // The frontend looks at the log by itself; the eventfd would only say when that is worth while.
                EventFd().Dispose();
                return true;
            case FrontendRequest.GetInflightFd:
                GetInflight();
                return true;
            case FrontendRequest.SetInflightFd:
                if (_rings.AnyRunning) throw new RefusedMessageException("SET_INFLIGHT_FD: rings run; stop them first");
                _state.Journal.Give(InflightDescription.Read(_channel.Payload), _channel.Descriptors.Take(0), Vring.IsPacked(_state.Features));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Rings that run are stopped with the old memory and started, after this message, with the new one.</summary>
    private void Change(MemoryChange change)
    {
        using (change)
        {
            _state.Log.RequireCover(change.End);
            _rings.StopAll();
            change.Commit();
            _rings.StartReady();
        }
    }

    private void GetInflight()
    {
        var (description, file) = _state.Journal.Make(InflightDescription.Read(_channel.Payload), Vring.IsPacked(_state.Features));
        using (file)
        {
            var writer = new MessageWriter(_reply);
            writer.Write(description);
            Send(writer.Reply((uint)FrontendRequest.GetInflightFd), [file.Descriptor]);
        }
    }

    private EventFd EventFd()
    {
        var rule = FrontendRules.Of(_channel.Header.Frontend);
        try
        {
            return Fabric.Linux.EventFd.FromDescriptor(_channel.Descriptors.Take(0));
        }
        catch (LinuxException e)
        {
            throw new RefusedMessageException($"{rule.Name}: the descriptor is no eventfd: {e.Message}");
        }
    }
}

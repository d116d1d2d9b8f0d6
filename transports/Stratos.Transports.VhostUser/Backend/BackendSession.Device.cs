using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Backend;

/// <content>Configuration space, status, reset, and the channel for the backend's own requests.</content>
internal sealed partial class BackendSession
{
    private const byte NeedsReset = 0x40;
    private const uint LiveMigration = 1;

    private bool DispatchDevice(FrontendRequest request)
    {
        switch (request)
        {
            case FrontendRequest.GetConfig:
                GetConfig();
                return true;
            case FrontendRequest.SetConfig:
                SetConfig();
                return true;
            case FrontendRequest.GetStatus:
                Reply((ulong)_state.Status | (_rings.All.Any(ring => ring.Failure is not null) ? NeedsReset : 0u));
                return true;
            case FrontendRequest.SetStatus:
                SetStatus(Read<ulong>());
                return true;
            case FrontendRequest.ResetDevice:
                ResetDevice();
                return true;
            case FrontendRequest.SetBackendReqFd:
                SetRequests(_channel.Descriptors.Take(0));
                return true;
            default:
                return false;
        }
    }

    private void GetConfig()
    {
        var header = Read<ConfigHeader>();
        var payload = _channel.Payload;
        if (header.Check("GET_CONFIG", payload.Length - ConfigHeader.Length) is { } fault) throw new RefusedMessageException(fault);
        // A frontend asks for its own idea of the space, which may be longer than the device's: the rest reads as zero.
        Span<byte> bytes = stackalloc byte[ConfigHeader.MaxConfig];
        bytes.Clear();
        var (offset, length) = Clip(header);
        if (length > 0) Ask(new DeviceOperation.ReadConfig(offset, length)).CopyTo(bytes);
        var writer = new MessageWriter(_reply);
        writer.Write(header);
        writer.Write(bytes[..(int)header.Size]);
        Send(writer.Reply((uint)FrontendRequest.GetConfig), []);
    }

    private void SetConfig()
    {
        var header = Read<ConfigHeader>();
        var bytes = _channel.Payload[ConfigHeader.Length..];
        if (header.Check("SET_CONFIG", bytes.Length) is { } fault) throw new RefusedMessageException(fault);
        if (header.Flags > LiveMigration) throw new RefusedMessageException($"SET_CONFIG: flags {header.Flags}; 0 or 1 expected");
        var (offset, length) = Clip(header);
        // A standby only watches: its device is not attached, and the owner does what the driver wants.
        if (length > 0 && _state.Epoch is not null) Ask(new DeviceOperation.WriteConfig(offset, bytes[..length].ToArray()));
    }

    private (int Offset, int Length) Clip(ConfigHeader header)
    {
        var offset = (int)Math.Min(header.Offset, (uint)_description.ConfigLength);
        return (offset, (int)Math.Min(header.Size, (uint)(_description.ConfigLength - offset)));
    }

    private void SetStatus(ulong status)
    {
        if (status > byte.MaxValue) throw new RefusedMessageException($"SET_STATUS: 0x{status:x}; 8 bits expected");
        if (status == 0 && _state.Status != 0) ResetDevice();
        _state.Status = (byte)(status & ~(ulong)NeedsReset);
    }

    private void ResetDevice()
    {
        _rings.StopAll();
        foreach (var ring in _rings.All) ring.Reset();
        // A keeper clears the journal when the answer to this has reached it; a standby must not clear it at all.
        if (!_state.IsKept) _state.Journal.Reset();
        _state.Status = 0;
        if (_state.Epoch is not null) Ask(new DeviceOperation.Reset());
    }

    private void SetRequests(FileDescriptor descriptor)
    {
        try
        {
            var channel = new BackendChannel(descriptor);
            _state.Requests?.Dispose();
            _state.Requests = channel;
        }
        catch (LinuxException e)
        {
            throw new RefusedMessageException($"SET_BACKEND_REQ_FD: {e.Message}");
        }
    }

    private TReply Ask<TReply>(DeviceOperation<TReply> operation)
    {
        try
        {
            return _device.Perform(operation);
        }
        catch (DeviceOperationException e)
        {
            throw new RefusedMessageException(e.Message);
        }
    }
}

using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Transports.VhostUser.Channel;
using Stratos.Transports.VhostUser.Protocol.Framing;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>
/// One session: takes the frontend's messages one at a time, in order, and turns them into device operations. Every
/// message is checked whole before it changes anything. The parts for features, memory, rings and the device are in
/// files of their own.
/// </summary>
/// <remarks>One thread, the transport session's.</remarks>
internal sealed partial class BackendSession : IDisposable
{
    private const int MaxRefusals = 16;
    private static readonly TimeSpan s_sendPatience = TimeSpan.FromSeconds(5);

    private readonly MessageChannel _channel;
    private readonly IDevicePort _device;
    private readonly DeviceDescription _description;
    private readonly SessionState _state;
    private readonly RingSet _rings;
    private readonly SessionEvents _events;
    private readonly Action<string> _log;
    private readonly KeeperAttachment? _keeper;
    private readonly byte[] _reply = new byte[MessageHeader.Length + FrameParser.LongestPayload];
    private int _refusals;
    private bool _hasConfigChanged;

    /// <summary>A session over a channel, which stays the caller's.</summary>
    /// <param name="channel">The connection.</param>
    /// <param name="device">The device.</param>
    /// <param name="description">What the device says of itself.</param>
    /// <param name="memorySlots">Most memory regions.</param>
    /// <param name="wake">Wakes the thread that calls <see cref="HandleEvents"/>.</param>
    /// <param name="log">Takes one line for each thing that an operator should know.</param>
    /// <param name="keeper">Set when a session keeper is at the other end, which says when rings may run.</param>
    internal BackendSession(
        MessageChannel channel, IDevicePort device, DeviceDescription description, int memorySlots, WakeUp wake, Action<string> log,
        KeeperAttachment? keeper = null)
    {
        (_channel, _device, _description, _log, _keeper) = (channel, device, description, log, keeper);
        _state = new SessionState(description, memorySlots) { IsKept = keeper is not null };
        _rings = new RingSet(device, description, _state);
        _events = new SessionEvents(wake, description.Queues.Count);
    }

    /// <summary>The channel for the backend's own requests, for polling; null when there is none.</summary>
    internal BackendChannel? Requests => _state.Requests;

    /// <summary>Takes the message that the channel holds.</summary>
    /// <exception cref="SessionFailedException">The session is over; the message says why.</exception>
    internal void HandleMessage()
    {
        var header = _channel.Header;
        var rule = Admit(header);
        try
        {
            Dispatch(rule, header);
            _rings.StartReady();
            TellConfigChange();
        }
        catch (RefusedMessageException e)
        {
            Refuse(rule, header, e.Message);
            return;
        }
        catch (SessionFailedException)
        {
            if (rule.Reply == ReplyKind.OnDemand) AnswerIfAsked(rule, header, 1);
            throw;
        }
        if (rule.Reply == ReplyKind.OnDemand) AnswerIfAsked(rule, header, 0);
    }

    /// <summary>Does what the device has told since the last time.</summary>
    internal void HandleEvents()
    {
        while (_events.TryTakeFailure(out var failure))
        {
            var ring = _rings.All[failure.Index];
            _log($"ring {failure.Index} failed: {failure.Reason}");
            ring.Failure = failure.Reason;
            // The session must not hang at a counter of its frontend: a keeper would take the whole process for hung.
            ring.Error?.SignalUnlessFull();
        }
        _hasConfigChanged |= _events.TakeConfigChanged();
        TellConfigChange();
    }

    /// <summary>Goes on with the backend's own requests after a poll said so.</summary>
    internal void ContinueRequests() => SendRequests(channel => channel.Continue());

    /// <summary>The frontend has gone or is not wanted any more: stops the rings, resets the device, lets go of everything.</summary>
    /// <exception cref="DeviceOperationException">The device did not stop; its memory was taken away from it.</exception>
    internal void End(bool byKeeper = false)
    {
        try
        {
            _rings.StopAll();
        }
        catch (SessionFailedException e)
        {
            // A pump may still run: what it uses is revoked and never unmapped or closed.
            _state.Memory.Abandon();
            throw new DeviceOperationException($"{_description.Name}: {e.Message}; its guest memory was taken away", e);
        }
        // A kept session that is not over goes on elsewhere, with the state that the device has now.
        if (_state.Epoch is not null && (byKeeper || !_state.IsKept)) _device.Perform(new DeviceOperation.Reset());
        _state.Epoch = null;
        _rings.Dispose();
        _state.Dispose();
    }

    /// <summary>Lets go of what a session holds that ended; see <see cref="End"/>.</summary>
    public void Dispose() => _channel.Descriptors.Dispose();

    private MessageRule Admit(MessageHeader header)
    {
        var rule = FrontendRules.Find(header.Request) ?? (_keeper is null ? null : KeeperRules.Find(header.Request));
        if (rule is null) throw new SessionFailedException($"request {header.Request} (0x{header.Request:x}) is not known");
        var fault = rule.CheckRequest(header, _channel.Descriptors.Count);
        // A keeper replays what it kept, whatever its own frontend negotiated.
        var allowed = _keeper is null ? _state.Protocol : _state.OfferedProtocol;
        if (fault is null && (rule.Requires & ~allowed) != 0)
            fault = $"{rule.Name}: needs the protocol feature {rule.Requires}, which was not negotiated";
        if (fault is null) return rule;
        if (rule.Reply == ReplyKind.OnDemand) AnswerIfAsked(rule, header, 1);
        throw new SessionFailedException(fault);
    }

    private void Dispatch(MessageRule rule, MessageHeader header)
    {
        if (DispatchFeatures(header.Frontend) || DispatchMemory(header.Frontend) || DispatchRings(header.Frontend)
            || DispatchDevice(header.Frontend) || DispatchKeeper((KeeperRequest)header.Request)) return;
        throw new SessionFailedException($"{rule.Name} is not supported and was not offered");
    }

    private void Refuse(MessageRule rule, MessageHeader header, string reason)
    {
        if (!rule.IsAnswered(header, AcknowledgesOnDemand) || ++_refusals > MaxRefusals) throw new SessionFailedException(reason);
        _log($"refused: {reason}");
        switch (header.Frontend)
        {
            case FrontendRequest.GetConfig:
                Send(new MessageWriter(_reply).Reply(header.Request), []);
                break;
            case not FrontendRequest.SetLogBase when rule.Reply == ReplyKind.Own && rule.Request < (uint)KeeperRequest.Hello:
                throw new SessionFailedException(reason);
            default:
                Reply(1);
                break;
        }
    }

    private bool AcknowledgesOnDemand => _keeper is not null || Has(ProtocolFeatures.ReplyAck);

    private bool Has(ProtocolFeatures feature) => (_state.Protocol & feature) != 0;

    private void AnswerIfAsked(MessageRule rule, MessageHeader header, ulong value)
    {
        if (rule.IsAnswered(header, AcknowledgesOnDemand)) Reply(value);
    }

    private T Read<T>() where T : unmanaged => new MessageReader(_channel.Payload).Read<T>();

    private void ReplyWith<T>(T value) where T : unmanaged
    {
        var writer = new MessageWriter(_reply);
        writer.Write(value);
        Send(writer.Reply(_channel.Header.Request), []);
    }

        private void Reply(ulong value) => ReplyWith(value);

    private void Send(ReadOnlySpan<byte> message, ReadOnlySpan<FileDescriptor> descriptors)
    {
        if (!_channel.Send(message, descriptors, s_sendPatience))
            throw new SessionFailedException("the peer does not take its reply");
    }

    /// <summary>A device whose rings are all stopped sends nothing to its frontend; a keeper is told at once, as it keeps a copy.</summary>
    private void TellConfigChange()
    {
        if (!_hasConfigChanged || !Has(ProtocolFeatures.Config) || !(_state.IsKept || _rings.AnyRunning)) return;
        _hasConfigChanged = false;
        SendRequests(channel => channel.SendConfigChange());
    }

    private void SendRequests(Func<BackendChannel, bool> send)
    {
        if (_state.Requests is not { } channel || send(channel)) return;
        channel.Dispose();
        _state.Requests = null;
        _log("the frontend closed the channel for the backend's requests");
    }
}

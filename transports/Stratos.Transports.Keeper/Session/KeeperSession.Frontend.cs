using Stratos.Transports.Keeper.Frontend;
using Stratos.Transports.Keeper.Workers;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Session;

// The frontend: how it comes and goes, what it asks, and that each request gets one answer or the connection is closed.
public sealed partial class KeeperSession
{
    /// <summary>A frontend has connected; see <see cref="AcceptsFrontend"/>.</summary>
    /// <param name="now">The time.</param>
    public void FrontendConnected(long now)
    {
        if (!AcceptsFrontend) throw new InvalidOperationException($"Session {Name} accepts no frontend now.");
        (_hasFrontend, _isFailover, _chosen) = (true, false, null);
        _actions.Note(KeeperEvent.FrontendConnected);
        if (_device is { IsComplete: true }) Begin(now);
        Progress(now);
    }

    /// <summary>The connection to the frontend has ended.</summary>
    /// <param name="now">The time.</param>
    public void FrontendLost(long now)
    {
        if (!_hasFrontend) return;
        _actions.Note(KeeperEvent.FrontendLeft);
        CloseFrontend();
        Progress(now);
    }

    /// <summary>The frontend broke the framing of its messages.</summary>
    /// <param name="now">The time.</param>
    /// <param name="reason">What was wrong.</param>
    public void FrontendFault(long now, string reason)
    {
        if (!_hasFrontend) return;
        Refuse(reason);
        Progress(now);
    }

    /// <summary>The frontend sent a message; see <see cref="WantsFrontendMessage"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="header">The header.</param>
    /// <param name="payload">The payload, complete.</param>
    /// <param name="descriptors">What came with it; the session's from now on.</param>
    public void FrontendMessage(long now, MessageHeader header, ReadOnlySpan<byte> payload, Span<int> descriptors)
    {
        if (!WantsFrontendMessage) throw new InvalidOperationException($"Session {Name} takes no message of its frontend now.");
        Receive(now, header, payload, descriptors);
        Progress(now);
    }

    private void Receive(long now, MessageHeader header, ReadOnlySpan<byte> payload, Span<int> descriptors)
    {
        var rule = FrontendRules.Find(header.Request);
        var fault = rule is null ? $"request {header.Request} does not exist" : CheckRequest(rule, header, descriptors.Length);
        if (fault is not null)
        {
            Refuse(fault);
        }
        else if (_device is not { IsComplete: true })
        {
            _pending.AwaitDescription(header, payload, descriptors, now + _limits.RequestDeadline);
            _actions.Note(KeeperEvent.RequestHeld, 0, header.Request, "no worker has ever said what the device is");
            return;
        }
        else
        {
            Dispatch(rule!, new(header, payload, descriptors, now));
        }
        // What a handler kept it has taken out of the span.
        CloseAll(descriptors);
        descriptors.Fill(KeptDescriptor.None);
    }

    private string? CheckRequest(MessageRule rule, MessageHeader header, int descriptors)
    {
        if (rule.CheckRequest(header, descriptors) is { } fault) return fault;
        return rule.Requires != ProtocolFeatures.None && _device is { IsComplete: true } && (Negotiated & rule.Requires) == 0
            ? $"{rule.Name}: protocol feature {rule.Requires} was not negotiated"
            : null;
    }

    private void Dispatch(MessageRule rule, FrontendMessage message)
    {
        switch (message.Header.Frontend)
        {
            case FrontendRequest.GetFeatures: Reply(message, _device!.Features); break;
            case FrontendRequest.GetProtocolFeatures: Reply(message, (ulong)_device!.ProtocolFeatures); break;
            case FrontendRequest.GetQueueNum: Reply(message, (ulong)_device!.Queues); break;
            case FrontendRequest.GetMaxMemSlots: Reply(message, (ulong)_device!.MemorySlots); break;
            case FrontendRequest.GetStatus: Reply(message, _kept.Status); break;
            case FrontendRequest.GetInflightFd: GiveInflight(message); break;
            case FrontendRequest.GetVringBase: AskBase(message); break;
            case FrontendRequest.GetConfig or FrontendRequest.SetConfig: AskConfig(rule, message); break;
            case FrontendRequest.ResetDevice: Command(rule, message); break;
            // A status of zero resets the device (virtio 1.4, section 2.1).
            case FrontendRequest.SetStatus when _kept.Status != 0 && message.Read<ulong>() == 0: Command(rule, message); break;
            default: Set(rule, message); break;
        }
    }

    private void Begin(long now)
    {
        _hasBegun = true;
        var protocol = _device!.ProtocolFeatures;
        _kept.Begin((ulong)protocol, protocol.HasFlag(ProtocolFeatures.BackendReq));
        if (_pending.Kind != PendingKind.Description) return;
        var (header, payload, descriptors) = (_pending.Header, _pending.Payload.ToArray(), _pending.Descriptors.ToArray());
        _pending.Clear();
        Receive(now, header, payload, descriptors);
    }

    // What was asked cannot be, and nothing was changed: who asked for an acknowledgement is told so and may go on.
    private void RefuseRequest(MessageRule rule, FrontendMessage message, string reason)
    {
        if (rule.Reply == ReplyKind.Own || !rule.IsAnswered(message.Header, IsReplyAck))
        {
            Refuse(reason);
            return;
        }
        _actions.Note(KeeperEvent.SettingRefused, 0, message.Header.Request, reason);
        Reply(message, 1);
    }

    // The connection is still there, but the frontend must not go on.
    private void Refuse(string reason)
    {
        _actions.Note(KeeperEvent.FrontendRefused, 0, 0, reason);
        CloseFrontend();
    }

    private void CloseFrontend()
    {
        _actions.Add(KeeperActionKind.CloseFrontend);
        (_hasFrontend, _hasBegun, _isFailover) = (false, false, false);
        (_configIsStale, _configHasChanged) = (false, false);
        // Whoever serves resets the device when it is told END; if nobody does any more, the next worker has to, before it serves.
        _owesReset = _isStateUsed;
        CloseAll(_pending.Descriptors);
        _pending.Clear();
        _kept.Clear();
        foreach (var worker in _workers)
            if (worker.Phase != WorkerPhase.Fencing && worker.View.HasAnything) worker.MustEnd = true;
    }

    private void Command(MessageRule rule, FrontendMessage message)
    {
        _pending.AwaitCommand(
            message.Header, rule.IsAnswered(message.Header, IsReplyAck), message.Payload, message.Now + _limits.RequestDeadline);
        if (!IsServed) _actions.Note(KeeperEvent.RequestHeld, 0, message.Header.Request, "no worker serves");
    }

    // QEMU 7.2 leaves the choice out when it connects again; it may use what is offered.
    private ProtocolFeatures Negotiated => _chosen ?? _device!.ProtocolFeatures;

    private bool IsReplyAck => (Negotiated & ProtocolFeatures.ReplyAck) != 0;

    private void Reply(FrontendMessage message, ulong number) => ReplyTo(message.Header.Request, number);

    private void ReplyTo(uint request, ulong number)
    {
        Span<byte> buffer = stackalloc byte[MessageHeader.Length + sizeof(ulong)];
        var writer = new MessageWriter(buffer);
        writer.Write(number);
        _actions.Send(KeeperActionKind.SendFrontend, 0, writer.Reply(request));
    }

    private void ReplyWith(uint request, ReadOnlySpan<byte> payload)
    {
        Span<byte> buffer = stackalloc byte[MessageHeader.Length + ConfigHeader.Length + ConfigHeader.MaxConfig];
        var writer = new MessageWriter(buffer);
        writer.Write(payload);
        _actions.Send(KeeperActionKind.SendFrontend, 0, writer.Reply(request));
    }
}

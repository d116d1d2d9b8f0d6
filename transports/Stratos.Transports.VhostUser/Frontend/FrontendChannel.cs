using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Channel;
using Stratos.Transports.VhostUser.Protocol.Framing;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Frontend;

/// <summary>The frontend's end of a vhost-user socket: one request and its answer at a time, each with a deadline.</summary>
/// <remarks>Any thread; a request waits for the one before it. After an exception other than a refusal the channel is of no more use.</remarks>
internal sealed class FrontendChannel(UnixStream stream, string peer, TimeSpan timeout) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MessageChannel _messages = new(stream);
    private readonly byte[] _buffer = new byte[MessageHeader.Length + FrameParser.LongestPayload];
    private bool _lost;

    /// <summary>Protocol features in force; REPLY_ACK makes every request wait for its acknowledgement.</summary>
    public ProtocolFeatures Negotiated { get; set; }

    public FileDescriptor Descriptor => _messages.Descriptor;

    public bool Has(ProtocolFeatures feature) => (Negotiated & feature) != 0;

    /// <summary>Sends a request that has no answer of its own; waits for its acknowledgement where that was negotiated.</summary>
    public void Tell(FrontendRequest request, ReadOnlySpan<byte> payload = default, params ReadOnlySpan<FileDescriptor> descriptors)
    {
        lock (_lock)
        {
            var rule = FrontendRules.Of(request);
            var acknowledged = Has(ProtocolFeatures.ReplyAck);
            Send(rule, payload, descriptors, acknowledged);
            if (!acknowledged)
                return;
            Receive(rule);
            var answer = MemoryMarshal.Read<ulong>(_messages.Payload);
            _messages.Next();
            if (answer != 0)
                throw new BackendRefusedException($"{peer}: the backend refused {rule.Name} with {answer}.");
        }
    }

    /// <summary>Sends a value as a request.</summary>
    public void Tell<T>(FrontendRequest request, T payload, params ReadOnlySpan<FileDescriptor> descriptors)
        where T : unmanaged => Tell(request, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in payload)), descriptors);

    /// <summary>Sends a request and returns the payload of its answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="payload">What it carries.</param>
    /// <param name="descriptors">Descriptors that go with it.</param>
    /// <param name="descriptor">The answer's descriptor, if it has one; the caller's to own.</param>
    public byte[] Ask(FrontendRequest request, ReadOnlySpan<byte> payload, ReadOnlySpan<FileDescriptor> descriptors, out FileDescriptor? descriptor)
    {
        lock (_lock)
        {
            var rule = FrontendRules.Of(request);
            Send(rule, payload, descriptors, needReply: false);
            Receive(rule);
            var answer = _messages.Payload.ToArray();
            descriptor = _messages.Descriptors.Count > 0 ? _messages.Descriptors.Take(0) : null;
            _messages.Next();
            return answer;
        }
    }

    /// <summary>Asks for a value.</summary>
    public TReply Ask<TReply>(FrontendRequest request, ReadOnlySpan<byte> payload = default)
        where TReply : unmanaged
    {
        var answer = Ask(request, payload, [], out var descriptor);
        descriptor?.Dispose();
        return MemoryMarshal.Read<TReply>(answer);
    }

    public void Dispose() => _messages.Dispose();

    private void Send(MessageRule rule, ReadOnlySpan<byte> payload, ReadOnlySpan<FileDescriptor> descriptors, bool needReply)
    {
        if (_lost)
            throw new BackendLostException($"{peer}: {rule.Name}: the connection was lost before.");
        var writer = new MessageWriter(_buffer);
        writer.Write(payload);
        if (_messages.Send(writer.Request(rule.Request, needReply), descriptors, timeout))
            return;
        _lost = true;
        throw new BackendLostException($"{peer}: {rule.Name} could not be sent: the backend is gone or does not read.");
    }

    private void Receive(MessageRule rule)
    {
        var status = _messages.Receive(timeout);
        var fault = status == ChannelStatus.Message ? rule.CheckReply(_messages.Header, _messages.Descriptors.Count) : _messages.Fault;
        if (status == ChannelStatus.Message && fault is null)
            return;
        _lost = true;
        throw status switch
        {
            ChannelStatus.Nothing => new TimeoutException($"{peer}: no answer to {rule.Name} within {timeout.TotalSeconds:0.###} s."),
            ChannelStatus.Closed => new BackendLostException($"{peer}: the backend closed the connection instead of answering {rule.Name}."),
            _ => new BackendRefusedException($"{peer}: the answer to {rule.Name} breaks the protocol: {fault}."),
        };
    }
}

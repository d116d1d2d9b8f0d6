using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Channel;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Tests.Frontend;

/// <summary>The other end of a frontend's socket, which answers what a test wants.</summary>
internal sealed class ScriptedBackend : IDisposable
{
    private readonly MessageChannel _messages;
    private readonly Thread _thread;
    private readonly Func<MessageHeader, byte[]?> _answer;

    /// <param name="answer">Gives the bytes that answer a message; null to close the connection, empty for no answer.</param>
    public ScriptedBackend(Func<MessageHeader, byte[]?> answer)
    {
        (var ours, Stream) = UnixStream.Pair();
        (_messages, _answer) = (new(ours), answer);
        _thread = new(Serve) { IsBackground = true, Name = "scripted backend" };
        _thread.Start();
    }

    public UnixStream Stream { get; }

    /// <summary>A u64 as the answer to a request.</summary>
    public static byte[] Reply(MessageHeader header, ulong value) => Reply(header.Request, value);

    /// <summary>A u64 as the answer to some request.</summary>
    public static byte[] Reply(uint request, ulong value)
    {
        Span<byte> buffer = stackalloc byte[64];
        var writer = new MessageWriter(buffer);
        writer.Write(value);
        return writer.Reply(request).ToArray();
    }

    /// <summary>What a backend without protocol features answers.</summary>
    public static byte[] Plain(MessageHeader header) =>
        header.Frontend == FrontendRequest.GetFeatures ? Reply(header, 1UL << 32) : [];

    /// <summary>Connects a frontend to a backend that answers so.</summary>
    public static VhostUserFrontend Connect(Func<MessageHeader, byte[]?> answer, FrontendOptions options)
    {
        var backend = new ScriptedBackend(answer);
        return VhostUserFrontend.Over(backend.Stream, options);
    }

    public void Dispose()
    {
        _messages.Stream.Shutdown();
        _thread.Join();
        _messages.Dispose();
    }

    private void Serve()
    {
        while (_messages.Receive(TimeSpan.FromMinutes(1)) == ChannelStatus.Message)
        {
            var answer = _answer(_messages.Header);
            _messages.Next();
            if (answer is null)
                break;
            if (answer.Length > 0 && !_messages.Send(answer, TimeSpan.FromSeconds(5)))
                break;
        }
        _messages.Stream.Shutdown();
    }
}

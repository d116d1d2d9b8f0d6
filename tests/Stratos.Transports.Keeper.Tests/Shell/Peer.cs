using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Channel;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>One end of a connection to a keeper that says what it likes.</summary>
public sealed class Peer(string path) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly MessageChannel _channel = new(UnixStream.Connect(path));

    public ReadOnlySpan<byte> Answer => _channel.Payload;
    public MessageHeader Header => _channel.Header;

    public void Send(MessageHeader header, ReadOnlySpan<byte> payload, params FileDescriptor[] descriptors) =>
        SendBytes([.. MemoryMarshal.AsBytes(new ReadOnlySpan<MessageHeader>(in header)), .. payload], descriptors);

    public void SendBytes(ReadOnlySpan<byte> bytes, params FileDescriptor[] descriptors) => _channel.Send(bytes, descriptors, s_patience);

    /// <summary>Asks and waits for the answer.</summary>
    public void Ask(FrontendRequest request, byte[] payload, params FileDescriptor[] descriptors)
    {
        Send(MessageHeader.ForRequest((uint)request, payload.Length, needReply: true), payload, descriptors);
        Assert.Equal(ChannelStatus.Message, _channel.Receive(s_patience));
        Assert.Equal(request, _channel.Header.Frontend);
    }

    public ulong AskNumber(FrontendRequest request, byte[] payload, params FileDescriptor[] descriptors)
    {
        Ask(request, payload, descriptors);
        var number = MemoryMarshal.Read<ulong>(_channel.Payload);
        Next();
        return number;
    }

    /// <summary>Waits for a message.</summary>
    public void Receive() => Assert.Equal(ChannelStatus.Message, _channel.Receive(s_patience));

    public void Next() => _channel.Next();

    public FileDescriptor? Take() => _channel.Descriptors.Count > 0 ? _channel.Descriptors.Take(0) : null;

    /// <summary>Waits until the keeper hangs up.</summary>
    public void AwaitEnd()
    {
        while (true)
        {
            var status = _channel.Receive(s_patience);
            if (status is ChannelStatus.Closed or ChannelStatus.Faulted) return;
            Assert.Equal(ChannelStatus.Message, status);
            _channel.Next();
        }
    }

    public void Dispose() => _channel.Dispose();
}

using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Channel;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>A frontend that says exactly what a test wants, right or wrong.</summary>
internal sealed class RawFrontend(UnixStream stream) : IDisposable
{
    public const ulong MemoryLength = 0x10000;
    public const ulong GuestBase = 0x4000_0000;
    public const ulong UserBase = 0x7F00_0000_0000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly MessageChannel _channel = new(stream);

    public static byte[] Bytes<T>(params ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    public void Send(FrontendRequest request, ReadOnlySpan<byte> payload = default, bool needReply = false, params FileDescriptor[] descriptors)
    {
        var writer = new MessageWriter(new byte[MessageHeader.Length + payload.Length]);
        writer.Write(payload);
        _channel.Send(writer.Request((uint)request, needReply), descriptors, s_patience);
    }

    public void SendRaw(ReadOnlySpan<byte> bytes, params FileDescriptor[] descriptors) => _channel.Send(bytes, descriptors, s_patience);

    public void Send(FrontendRequest request, ulong value) => Send(request, Bytes(value));

    /// <summary>Sends without minding whether the backend still listens.</summary>
    public bool TrySend(FrontendRequest request, ReadOnlySpan<byte> payload, bool needReply, params FileDescriptor[] descriptors)
    {
        var writer = new MessageWriter(new byte[MessageHeader.Length + payload.Length]);
        writer.Write(payload);
        return _channel.Send(writer.Request((uint)request, needReply), descriptors, s_patience);
    }

    /// <summary>Says nothing more.</summary>
    public void HangUp() => _channel.Stream.Shutdown(ShutdownDirection.Send);

    /// <summary>Reads what comes until the backend has hung up.</summary>
    public void Drain()
    {
        while (_channel.Receive(s_patience) == ChannelStatus.Message) _channel.Next();
    }

    /// <summary>Sends a request and asks for the acknowledgement.</summary>
    public ulong Ack(FrontendRequest request, ReadOnlySpan<byte> payload = default, params FileDescriptor[] descriptors)
    {
        Send(request, payload, needReply: true, descriptors);
        return BitConverter.ToUInt64(Reply(request));
    }

    public void Tell(FrontendRequest request, ReadOnlySpan<byte> payload = default, params FileDescriptor[] descriptors) =>
        Assert.Equal(0ul, Ack(request, payload, descriptors));

    public byte[] Ask(FrontendRequest request, ReadOnlySpan<byte> payload = default, params FileDescriptor[] descriptors)
    {
        Send(request, payload, descriptors: descriptors);
        return Reply(request);
    }

    public ulong AskNumber(FrontendRequest request) => BitConverter.ToUInt64(Ask(request));

    public byte[] Reply(FrontendRequest request) => Reply(request, out _);

    public byte[] Reply(FrontendRequest request, out FileDescriptor? descriptor)
    {
        Assert.Equal(ChannelStatus.Message, _channel.Receive(s_patience));
        var rule = FrontendRules.Find((uint)request) ?? KeeperRules.Find((uint)request)!;
        Assert.Null(rule.CheckReply(_channel.Header, _channel.Descriptors.Count));
        var payload = _channel.Payload.ToArray();
        descriptor = _channel.Descriptors.Count > 0 ? _channel.Descriptors.Take(0) : null;
        _channel.Next();
        return payload;
    }

    /// <summary>Waits for a request of the backend's own.</summary>
    public byte[] ExpectRequest(uint request)
    {
        Assert.Equal(ChannelStatus.Message, _channel.Receive(s_patience));
        Assert.Equal(request, _channel.Header.Request);
        var payload = _channel.Payload.ToArray();
        _channel.Next();
        return payload;
    }

    /// <summary>Whether nothing has come from the backend.</summary>
    public bool IsSilent => _channel.TryReceive() == ChannelStatus.Nothing;

    /// <summary>Answers a request of the backend's own.</summary>
    public void Answer(uint request, ulong value)
    {
        var writer = new MessageWriter(new byte[MessageHeader.Length + sizeof(ulong)]);
        writer.Write(value);
        _channel.Send(writer.Reply(request), s_patience);
    }

    /// <summary>Waits until the backend has hung up.</summary>
    public void ExpectEnd()
    {
        while (_channel.Receive(s_patience) is var status)
        {
            if (status == ChannelStatus.Closed) return;
            Assert.Equal(ChannelStatus.Message, status);
            _channel.Next();
        }
    }

    /// <summary>Negotiates, shares one region of memory (by table) and returns the file.</summary>
    public MemoryFile Open(ulong features = 1UL << 32, ProtocolFeatures? protocol = null)
    {
        Assert.NotEqual(0ul, AskNumber(FrontendRequest.GetFeatures) & VhostFeatures.ProtocolFeatures);
        var offered = (ProtocolFeatures)AskNumber(FrontendRequest.GetProtocolFeatures);
        Send(FrontendRequest.SetProtocolFeatures, (ulong)(protocol ?? offered));
        Send(FrontendRequest.SetOwner);
        Send(FrontendRequest.SetFeatures, features | VhostFeatures.ProtocolFeatures);
        var memory = MemoryFile.Create("guest", MemoryLength);
        Send(FrontendRequest.SetMemTable, Table(new MemoryRegion(GuestBase, MemoryLength, UserBase, 0)), false, memory.Descriptor);
        return memory;
    }

    public static byte[] Table(params MemoryRegion[] regions) => [.. Bytes(new MemoryTableHeader((uint)regions.Length)), .. Bytes<MemoryRegion>(regions)];

    public static VringAddress Address(uint index, ulong at = 0, uint flags = 0) =>
        new(index, flags, UserBase + at, UserBase + at + 0x2000, UserBase + at + 0x1000, GuestBase + at + 0x2000);

    /// <summary>Says all that a ring needs, but does not enable it.</summary>
    public Doorbells SetRing(uint index, uint size = 8, uint start = 0, ulong at = 0)
    {
        var bells = new Doorbells();
        Tell(FrontendRequest.SetVringNum, Bytes(new VringState(index, size)));
        Tell(FrontendRequest.SetVringBase, Bytes(new VringState(index, start)));
        Tell(FrontendRequest.SetVringAddr, Bytes(Address(index, at)));
        Tell(FrontendRequest.SetVringCall, Bytes(VringDescriptor.For((int)index, true)), bells.Call.Descriptor);
        Tell(FrontendRequest.SetVringErr, Bytes(VringDescriptor.For((int)index, true)), bells.Error.Descriptor);
        Tell(FrontendRequest.SetVringKick, Bytes(VringDescriptor.For((int)index, true)), bells.Kick.Descriptor);
        return bells;
    }

    public void Enable(uint index, bool on = true) => Tell(FrontendRequest.SetVringEnable, Bytes(new VringState(index, on ? 1u : 0)));

    public void Dispose() => _channel.Dispose();

    internal sealed class Doorbells : IDisposable
    {
        public EventFd Kick { get; } = EventFd.Create();

        public EventFd Call { get; } = EventFd.Create();

        public EventFd Error { get; } = EventFd.Create();

        public void Dispose()
        {
            Kick.Dispose();
            Call.Dispose();
            Error.Dispose();
        }
    }
}

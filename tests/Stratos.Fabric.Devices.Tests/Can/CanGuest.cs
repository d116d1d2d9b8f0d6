using System.Buffers.Binary;
using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.Can;

/// <summary>A driver of the CAN device, written from the specification.</summary>
internal sealed class CanGuest(DeviceBench bench)
{
    public const int Transmit = 0;
    public const int Receive = 1;
    public const int Control = 2;
    public const ushort StartController = 0x0201;
    public const ushort StopController = 0x0202;

    public const byte Ok = 0;
    public const byte NotOk = 1;

    public byte Start() => Command(StartController);

    public byte Stop() => Command(StopController);

    public byte Command(ushort type)
    {
        byte[] message = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(message, type);
        return Do(Control, message);
    }

    public ushort Status => BinaryPrimitives.ReadUInt16LittleEndian(bench.ReadConfig(0, 2));

    public byte Send(CanFrame frame) => Do(Transmit, Message(frame));

    public byte SendRaw(ReadOnlySpan<byte> message) => Do(Transmit, message);

    public (ulong Cookie, GuestBuffer Result) Post(CanFrame frame)
    {
        GuestBuffer result = Result();
        return (bench.Post(Transmit, bench.Buffer(Message(frame)).ToDevice, result.FromDevice), result);
    }

    public byte Await((ulong Cookie, GuestBuffer Result) posted)
    {
        Assert.Equal(1u, bench.Await(Transmit, posted.Cookie));
        return posted.Result.Span[0];
    }

    public bool IsDone((ulong Cookie, GuestBuffer Result) posted) => bench.IsUsed(Transmit, posted.Cookie);

    public (ulong Cookie, GuestBuffer Buffer) Listen(int length = 80)
    {
        GuestBuffer buffer = bench.Buffer(length);
        return (bench.Post(Receive, buffer.FromDevice), buffer);
    }

    public CanFrame Hear((ulong Cookie, GuestBuffer Buffer) listening) => Read(listening.Buffer, bench.Await(Receive, listening.Cookie));

    public bool HasHeard((ulong Cookie, GuestBuffer Buffer) listening) => bench.IsUsed(Receive, listening.Cookie);

    /// <summary>struct virtio_can_tx_out.</summary>
    public static byte[] Message(CanFrame frame) => Message(1, frame.Length, (uint)frame.Flags, frame.Id, frame.Data.ToArray());

    public static byte[] Message(int type, int length, uint flags, uint id, params byte[] data)
    {
        byte[] message = new byte[16 + data.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(message, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(2), (ushort)length);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(12), id);
        data.CopyTo(message, 16);
        return message;
    }

    /// <summary>struct virtio_can_rx.</summary>
    public static CanFrame Read(GuestBuffer buffer, uint written)
    {
        Span<byte> message = buffer.Span[..(int)written];
        Assert.Equal(0x0101, BinaryPrimitives.ReadUInt16LittleEndian(message));
        int length = BinaryPrimitives.ReadUInt16LittleEndian(message[2..]);
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32LittleEndian(message[4..]));
        var flags = (CanFrameFlags)BinaryPrimitives.ReadUInt32LittleEndian(message[8..]);
        uint id = BinaryPrimitives.ReadUInt32LittleEndian(message[12..]);
        Assert.Equal(16 + length, (int)written);
        return flags.HasFlag(CanFrameFlags.RemoteRequest) ? new(id, length, flags) : new(id, message[16..], flags);
    }

    private byte Do(int queue, ReadOnlySpan<byte> message)
    {
        GuestBuffer result = Result();
        Assert.Equal(1u, bench.Do(queue, bench.Buffer(message).ToDevice, result.FromDevice));
        return result.Span[0];
    }

    private GuestBuffer Result()
    {
        GuestBuffer result = bench.Buffer(1);
        result.Span[0] = 0xEE;
        return result;
    }
}

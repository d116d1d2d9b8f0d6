using System.Buffers.Binary;
using System.Text;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.Console;

/// <summary>A driver of the console device with control queues, written from the specification.</summary>
internal sealed class ConsoleGuest(DeviceBench bench)
{
    public const int ControlReceive = 2;
    public const int ControlTransmit = 3;

    /// <summary>A control message as the driver reads it.</summary>
    public sealed record Message(uint Port, ushort Event, ushort Value, byte[] Rest)
    {
        public string Name => Encoding.UTF8.GetString(Rest);
    }

    public static int ReceiveQueue(int port) => port == 0 ? 0 : 2 + (2 * port);

    public static int TransmitQueue(int port) => ReceiveQueue(port) + 1;

    public void Say(uint port, ushort kind, ushort value)
    {
        GuestBuffer message = bench.Buffer(8);
        BinaryPrimitives.WriteUInt32LittleEndian(message.Span, port);
        BinaryPrimitives.WriteUInt16LittleEndian(message.Span[4..], kind);
        BinaryPrimitives.WriteUInt16LittleEndian(message.Span[6..], value);
        Assert.Equal(0u, bench.Do(ControlTransmit, message.ToDevice));
    }

    public (ulong Cookie, GuestBuffer Buffer) Listen()
    {
        GuestBuffer buffer = bench.Buffer(128);
        return (bench.Post(ControlReceive, buffer.FromDevice), buffer);
    }

    public Message Hear((ulong Cookie, GuestBuffer Buffer) listening)
    {
        uint written = bench.Await(ControlReceive, listening.Cookie);
        Span<byte> bytes = listening.Buffer.Span;
        return new(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
            bytes[8..(int)written].ToArray());
    }

    public Message Hear() => Hear(Listen());

    /// <summary>Whether nothing is told for a while: the device has looked and had nothing to say.</summary>
    public void HearNothing((ulong Cookie, GuestBuffer Buffer) listening)
    {
        // Another message makes the device look at what it has to say once more.
        Say(0, 6, 1);
        Say(0, 6, 1);
        Assert.False(bench.IsUsed(ControlReceive, listening.Cookie));
    }

    /// <summary>Ready, and each port added, set up and opened; returns all that was said meanwhile.</summary>
    public List<Message> Begin(int ports, int messages)
    {
        Say(0, 0, 1);
        List<Message> heard = [];
        for (int i = 0; i < ports; i++) { heard.Add(Hear()); }
        foreach (Message added in heard.ToArray()) { Say(added.Port, 3, 1); }
        while (heard.Count < messages) { heard.Add(Hear()); }
        for (uint port = 0; port < ports; port++) { Say(port, 6, 1); }
        return heard;
    }
}

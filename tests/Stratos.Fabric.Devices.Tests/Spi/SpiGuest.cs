using System.Buffers.Binary;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.Spi;

/// <summary>A driver of the SPI controller, written from the specification.</summary>
internal sealed class SpiGuest(GuestHeap heap)
{
    /// <summary>The fields of struct virtio_spi_transfer_head.</summary>
    public sealed record Head(byte ChipSelect = 0)
    {
        public byte Bits { get; init; } = 8;
        public byte Change { get; init; }
        public byte WriteLanes { get; init; }
        public byte ReadLanes { get; init; }
        public byte Reserved { get; init; }
        public uint Mode { get; init; }
        public uint Frequency { get; init; } = 1_000_000;
        public uint WordDelay { get; init; }
        public uint Setup { get; init; }
        public uint Hold { get; init; }
        public uint Inactive { get; init; }

        public byte[] Encode()
        {
            byte[] bytes = new byte[32];
            (bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[7]) = (ChipSelect, Bits, Change, WriteLanes, ReadLanes, Reserved);
            uint[] words = [Mode, Frequency, WordDelay, Setup, Hold, Inactive];
            for (int i = 0; i < words.Length; i++) { BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8 + (4 * i)), words[i]); }
            return bytes;
        }
    }

    /// <summary>A request in the driver's memory.</summary>
    public sealed record Request(GuestBuffer Head, GuestBuffer? Sent, GuestBuffer? Received, GuestBuffer Result)
    {
        public DriverBuffer[] Buffers =>
        [
            Head.ToDevice,
            .. Sent is { } sent ? [sent.ToDevice] : Array.Empty<DriverBuffer>(),
            .. Received is { } received ? [received.FromDevice] : Array.Empty<DriverBuffer>(),
            Result.FromDevice,
        ];

        public int Code => Result.Span[0];

        public byte[] Bytes => Received!.Value.Span.ToArray();
    }

    public Request Make(Head head, byte[]? sent, int? received)
    {
        GuestBuffer result = heap.Allocate(1);
        result.Span[0] = 0xEE;
        GuestBuffer? into = received is { } length ? Filled([.. Enumerable.Repeat((byte)0xDD, length)]) : null;
        return new(Filled(head.Encode()), sent is null ? null : Filled(sent), into, result);
    }

    /// <summary>A write and then a read, as Linux sends a message of two transfers.</summary>
    public byte[] Ask(DeviceBench bench, byte chipSelect, byte[] sent, int received)
    {
        Request write = Make(new(chipSelect), sent, null);
        Request read = Make(new(chipSelect), null, received);
        Do(bench, write, read);
        Assert.Equal((0, 0), (write.Code, read.Code));
        return read.Bytes;
    }

    /// <summary>Writes, each piece as a transfer of its own.</summary>
    public void Tell(DeviceBench bench, byte chipSelect, params byte[][] pieces)
    {
        Request[] requests = [.. pieces.Select(piece => Make(new(chipSelect), piece, null))];
        Do(bench, requests);
        Assert.All(requests, static request => Assert.Equal(0, request.Code));
    }

    /// <summary>Posts requests at once and waits for all.</summary>
    public static void Do(DeviceBench bench, params Request[] requests)
    {
        ulong[] cookies = [.. requests.Select(request => bench.Post(0, request.Buffers))];
        for (int i = 0; i < requests.Length; i++)
        {
            Assert.Equal((uint)((requests[i].Received?.Length ?? 0) + 1), bench.Await(0, cookies[i]));
        }
    }

    private GuestBuffer Filled(byte[] bytes)
    {
        GuestBuffer buffer = heap.Allocate(bytes.Length);
        bytes.CopyTo(buffer.Span);
        return buffer;
    }
}

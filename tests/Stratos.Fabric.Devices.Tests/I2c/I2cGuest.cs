using System.Buffers.Binary;
using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.I2c;

/// <summary>A driver of the I2C adapter, written from the specification.</summary>
internal sealed class I2cGuest(GuestHeap heap)
{
    public const uint FailNext = 1;
    public const uint Reads = 2;

    public static I2cAddress At(int value) => new((ushort)value);

    /// <summary>A request in the driver's memory.</summary>
    public sealed record Request(GuestBuffer Header, GuestBuffer? Data, bool IsRead, GuestBuffer Status)
    {
        public DriverBuffer[] Buffers => Data is not { } data ? [Header.ToDevice, Status.FromDevice]
            : IsRead ? [Header.ToDevice, data.FromDevice, Status.FromDevice]
            : [Header.ToDevice, data.ToDevice, Status.FromDevice];

        public bool Succeeded => Status.Span[0] == 0;

        public bool Failed => Status.Span[0] == 1;

        public byte[] Bytes => Data!.Value.Span.ToArray();
    }

    public Request Make(ushort address, uint flags, GuestBuffer? data)
    {
        GuestBuffer header = heap.Allocate(8);
        BinaryPrimitives.WriteUInt16LittleEndian(header.Span, address);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Span[4..], flags);
        GuestBuffer status = heap.Allocate(1);
        status.Span[0] = 0xEE;
        return new(header, data, (flags & Reads) != 0, status);
    }

    public Request Write(I2cAddress address, byte[] bytes, bool more = false) =>
        Make(address.Encode(), more ? FailNext : 0, bytes.Length == 0 ? null : Filled(bytes));

    public Request Read(I2cAddress address, int length, bool more = false)
    {
        GuestBuffer? data = length == 0 ? null : Filled([.. Enumerable.Repeat((byte)0xDD, length)]);
        return Make(address.Encode(), Reads | (more ? FailNext : 0), data);
    }

    /// <summary>Posts requests at once and waits for all.</summary>
    public static void Do(DeviceBench bench, params Request[] requests)
    {
        ulong[] cookies = [.. requests.Select(request => bench.Post(0, request.Buffers))];
        for (int i = 0; i < requests.Length; i++)
        {
            Assert.Equal((uint)(requests[i].IsRead ? (requests[i].Data?.Length ?? 0) + 1 : 1), bench.Await(0, cookies[i]));
        }
    }

    /// <summary>Writes a register's number and reads from there, as one group.</summary>
    public byte[]? ReadFrom(DeviceBench bench, I2cAddress address, byte[] register, int length)
    {
        Request write = Write(address, register, more: true);
        Request read = Read(address, length);
        Do(bench, write, read);
        return write.Succeeded && read.Succeeded ? read.Bytes : null;
    }

    private GuestBuffer Filled(byte[] bytes)
    {
        GuestBuffer buffer = heap.Allocate(bytes.Length);
        bytes.CopyTo(buffer.Span);
        return buffer;
    }
}

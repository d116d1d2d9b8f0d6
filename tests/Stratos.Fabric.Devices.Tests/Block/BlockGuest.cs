using System.Buffers.Binary;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.Block;

/// <summary>A driver of the block device, written from the specification, that can also break every rule.</summary>
internal sealed class BlockGuest(DeviceBench bench)
{
    public const byte Ok = 0;
    public const byte IoError = 1;
    public const byte Unsupported = 2;
    public const byte Untouched = 0xEE;

    /// <summary>Bytes that the device reported for the last request.</summary>
    public uint Written { get; private set; }

    public GuestBuffer Header(uint type, ulong sector)
    {
        GuestBuffer header = bench.Buffer(16);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Span, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Span[8..], sector);
        return header;
    }

    public GuestBuffer StatusByte()
    {
        GuestBuffer status = bench.Buffer(1);
        status.Span[0] = Untouched;
        return status;
    }

    public byte Read(ulong sector, GuestBuffer data, int queue = 0) => Do(queue, Header(0, sector).ToDevice, data.FromDevice);

    public byte Write(ulong sector, GuestBuffer data, int queue = 0) => Do(queue, Header(1, sector).ToDevice, data.ToDevice);

    public byte Flush() => Do(0, Header(4, 0).ToDevice);

    public byte Ranges(uint type, params (ulong Sector, uint Sectors, uint Flags)[] ranges)
    {
        GuestBuffer data = bench.Buffer(ranges.Length * 16);
        for (int i = 0; i < ranges.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data.Span[(i * 16)..], ranges[i].Sector);
            BinaryPrimitives.WriteUInt32LittleEndian(data.Span[((i * 16) + 8)..], ranges[i].Sectors);
            BinaryPrimitives.WriteUInt32LittleEndian(data.Span[((i * 16) + 12)..], ranges[i].Flags);
        }
        return Do(0, Header(type, 0).ToDevice, data.ToDevice);
    }

    /// <summary>Sends the elements with a status byte after them and returns what became of that.</summary>
    public byte Do(int queue, params ReadOnlySpan<DriverBuffer> elements)
    {
        GuestBuffer status = StatusByte();
        Written = bench.Do(queue, [.. elements, status.FromDevice]);
        return status.Span[0];
    }

    public static byte[] Pattern(int length, byte seed)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) { bytes[i] = (byte)(seed + (i * 7) + (i >> 9)); }
        return bytes;
    }
}

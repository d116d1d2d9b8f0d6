using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Protocol.Tests;

/// <summary>The structs have the sizes and the field offsets of the specification.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void Structs_have_the_sizes_of_the_wire()
    {
        Assert.Equal(12, Unsafe.SizeOf<MessageHeader>());
        Assert.Equal(32, Unsafe.SizeOf<MemoryRegion>());
        Assert.Equal(40, Unsafe.SizeOf<SingleMemoryRegion>());
        Assert.Equal(8, Unsafe.SizeOf<MemoryTableHeader>());
        Assert.Equal(8, Unsafe.SizeOf<VringState>());
        Assert.Equal(40, Unsafe.SizeOf<VringAddress>());
        Assert.Equal(8, Unsafe.SizeOf<VringDescriptor>());
        Assert.Equal(12, Unsafe.SizeOf<ConfigHeader>());
        Assert.Equal(16, Unsafe.SizeOf<LogDescription>());
        Assert.Equal(24, Unsafe.SizeOf<InflightDescription>());
        Assert.Equal(8, Unsafe.SizeOf<DeviceStateTransfer>());
        Assert.Equal(8, Unsafe.SizeOf<ShmemConfigHeader>());
    }

    [Fact]
    public void A_header_is_request_flags_and_size()
    {
        var header = MessageHeader.ForRequest(24, 268, needReply: true);
        Assert.Equal([24u, 0b1001u, 268u], MemoryMarshal.Cast<byte, uint>(Bytes(header)).ToArray());
        Assert.Equal([24u, 0b101u, 8u], MemoryMarshal.Cast<byte, uint>(Bytes(MessageHeader.ForReply(24, 8))).ToArray());
        Assert.True(header is { HasVersion: true, NeedsReply: true, IsReply: false, Frontend: FrontendRequest.GetConfig });
    }

    [Fact]
    public void Fields_are_in_the_order_of_the_specification()
    {
        Assert.Equal([1ul, 2, 3, 4], MemoryMarshal.Cast<byte, ulong>(Bytes(new MemoryRegion(1, 2, 3, 4))).ToArray());
        Assert.Equal([0ul, 1, 2, 3, 4], MemoryMarshal.Cast<byte, ulong>(Bytes(new SingleMemoryRegion(new(1, 2, 3, 4)))).ToArray());
        Assert.Equal([7u, 0], MemoryMarshal.Cast<byte, uint>(Bytes(new MemoryTableHeader(7))).ToArray());
        Assert.Equal([0x2_0000_0001ul, 3, 4, 5, 6], MemoryMarshal.Cast<byte, ulong>(Bytes(new VringAddress(1, 2, 3, 4, 5, 6))).ToArray());
        Assert.Equal([1ul, 2, 0x0004_0003], MemoryMarshal.Cast<byte, ulong>(Bytes(new InflightDescription(1, 2, 3, 4))).ToArray());
        Assert.Equal([1ul, 2], MemoryMarshal.Cast<byte, ulong>(Bytes(new LogDescription(1, 2))).ToArray());
        Assert.Equal([1u, 2, 3], MemoryMarshal.Cast<byte, uint>(Bytes(new ConfigHeader(1, 2, 3))).ToArray());
    }

    [Fact]
    public void Inflight_is_read_with_and_without_its_padding()
    {
        var bytes = Bytes(new InflightDescription(0x1000, 0x2000, 4, 256));
        Assert.Equal(new InflightDescription(0x1000, 0x2000, 4, 256), InflightDescription.Read(bytes));
        Assert.Equal(new InflightDescription(0x1000, 0x2000, 4, 256), InflightDescription.Read(bytes.AsSpan(0, 20)));
    }

    [Fact]
    public void The_hello_has_368_bytes() => Assert.Equal(368, KeeperHello.Length);

    private static byte[] Bytes<T>(T value) where T : unmanaged
    {
        var bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, in value);
        return bytes;
    }
}

using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.I2c;

/// <summary>Virtio 1.4, section 5.16.6.3: each thing that a driver must not do, done; and what a bus can do to it.</summary>
public sealed class I2cHostileTests : IDisposable
{
    private static readonly I2cAddress Rom = I2cGuest.At(0x50);

    private readonly PlayedPort _port = new();
    private readonly DeviceBench _bench;
    private readonly I2cGuest _guest;

    public I2cHostileTests()
    {
        _bench = new(new I2cAdapterDevice(_port, I2cAccess.Parse("0x50+0x60-0x67")));
        _guest = new(_bench.World.Heap);
    }

    [Theory]
    [InlineData(4u)]
    [InlineData(0x8000_0000u)]
    [Proves("i2c", "reserved bits of flags", "5.16.6.3")]
    public void A_reserved_flag_is_refused(uint flag)
    {
        I2cGuest.Request request = _guest.Make(Rom.Encode(), flag, _bench.Buffer([1]));
        I2cGuest.Do(_bench, request);
        RefusedAndAlive(request);
    }

    [Theory]
    [InlineData((ushort)0x00A1)]
    [InlineData((ushort)0x01A0)]
    [InlineData((ushort)0xFFFF)]
    [Proves("i2c", "an addr that is of neither form", "5.16.6.1")]
    public void A_malformed_address_is_refused(ushort address)
    {
        I2cGuest.Request request = _guest.Make(address, 0, _bench.Buffer([1]));
        I2cGuest.Do(_bench, request);
        RefusedAndAlive(request);
    }

    [Fact]
    [Proves("i2c", "M_RD without a writable buf, and a writable buf without M_RD", "5.16.6.3")]
    public void A_flag_that_contradicts_the_buffer_is_refused()
    {
        GuestBuffer data = _bench.Buffer([1, 2, 3]);
        I2cGuest.Request reads = _guest.Make(Rom.Encode(), I2cGuest.Reads, null);
        Assert.Equal(1u, _bench.Do(0, reads.Header.ToDevice, data.ToDevice, reads.Status.FromDevice));
        RefusedAndAlive(reads);
        I2cGuest.Request writes = _guest.Make(Rom.Encode(), 0, null);
        Assert.Equal(4u, _bench.Do(0, writes.Header.ToDevice, data.FromDevice, writes.Status.FromDevice));
        RefusedAndAlive(writes);
    }

    [Fact]
    public void A_request_without_room_for_its_status_is_returned_unserved()
    {
        I2cGuest.Request request = _guest.Write(Rom, [1]);
        Assert.Equal(0u, _bench.Do(0, request.Header.ToDevice, request.Data!.Value.ToDevice));
        Assert.Contains("without room", Assert.Single(_bench.Port.Warnings), StringComparison.Ordinal);
        RefusedAndAlive(null);
    }

    [Fact]
    public void A_request_without_a_whole_header_is_refused()
    {
        GuestBuffer header = _bench.Buffer(7);
        GuestBuffer status = _bench.Buffer([0xEE]);
        Assert.Equal(1u, _bench.Do(0, header.ToDevice, status.FromDevice));
        Assert.Equal(1, status.Span[0]);
        Assert.Equal(1u, _bench.Do(0, status.FromDevice));
        RefusedAndAlive(null);
    }

    [Fact]
    public void A_request_of_more_than_64_KiB_is_refused()
    {
        GuestBuffer huge = _bench.Buffer(I2cRequest.MostBytes + 1);
        I2cGuest.Request read = _guest.Make(Rom.Encode(), I2cGuest.Reads, huge);
        I2cGuest.Request write = _guest.Make(Rom.Encode(), 0, huge);
        I2cGuest.Do(_bench, read, write);
        RefusedAndAlive(read);
        RefusedAndAlive(write);
        I2cGuest.Request most = _guest.Make(Rom.Encode(), I2cGuest.Reads, huge.Slice(0, I2cRequest.MostBytes));
        I2cGuest.Do(_bench, most);
        Assert.True(most.Succeeded);
    }

    [Fact]
    public void A_group_that_never_ends_costs_bounded_memory_and_is_served_in_parts()
    {
        GuestBuffer large = _bench.Buffer(I2cRequest.MostBytes);
        I2cGuest.Request[] requests = [.. Enumerable.Range(0, 5).Select(_ => _guest.Make(Rom.Encode(), I2cGuest.FailNext, large))];
        I2cGuest.Do(_bench, requests);
        Assert.All(requests, static request => Assert.True(request.Succeeded));
        Assert.All(_port.Transfers, static transfer => Assert.InRange(transfer.Split(' ').Length, 1, 4));
    }

    [Fact]
    [Proves("i2c", "access by address for each guest", "docs/devices.md")]
    public void An_address_that_the_guest_may_not_use_looks_empty()
    {
        I2cGuest.Request allowed = _guest.Write(I2cGuest.At(0x67), [1]);
        I2cGuest.Request before = _guest.Write(Rom, [1], more: true);
        I2cGuest.Request forbidden = _guest.Write(I2cGuest.At(0x68), [1], more: true);
        I2cGuest.Request after = _guest.Read(Rom, 1);
        I2cGuest.Request tenBit = _guest.Write(new(0x60, IsTenBit: true), [1]);
        I2cGuest.Do(_bench, allowed, before, forbidden, after, tenBit);
        Assert.True(allowed.Succeeded && before.Succeeded && forbidden.Failed && after.Failed && tenBit.Failed);
        Assert.Equal(["w1@0x67", "w1@0x50"], _port.Transfers);
        Assert.Empty(_bench.Port.Warnings);
    }

    [Theory]
    [InlineData(I2cFault.AddressNotAcknowledged, false)]
    [InlineData(I2cFault.DataNotAcknowledged, false)]
    [InlineData(I2cFault.ArbitrationLost, false)]
    [InlineData(I2cFault.TimedOut, true)]
    [InlineData(I2cFault.AdapterFailed, true)]
    [Proves("i2c", "NAK, lost arbitration, time-out and a failed adapter become VIRTIO_I2C_MSG_ERR", "5.16.6.1")]
    public void Every_fault_of_the_bus_is_an_error(I2cFault fault, bool isWarned)
    {
        _port.Result = _ => new(0, fault);
        I2cGuest.Request request = _guest.Read(Rom, 3);
        I2cGuest.Do(_bench, request);
        Assert.True(request.Failed);
        Assert.Equal([0, 0, 0], request.Bytes);
        Assert.Equal(isWarned, _bench.Port.Warnings.Count > 0);
    }

    [Fact]
    public void A_port_that_throws_fails_the_transfer_and_nothing_else()
    {
        _port.Before = static () => throw new InvalidOperationException("broken wire");
        I2cGuest.Request request = _guest.Write(Rom, [1]);
        I2cGuest.Do(_bench, request);
        Assert.True(request.Failed);
        Assert.Contains("broken wire", _bench.Port.Warnings[0], StringComparison.Ordinal);
        _port.Before = static () => { };
        RefusedAndAlive(null, transfers: 2);
    }

    public void Dispose() => _bench.Dispose();

    private void RefusedAndAlive(I2cGuest.Request? request, int transfers = 1)
    {
        Assert.True(request?.Failed ?? true);
        int before = _port.Transfers.Count;
        I2cGuest.Request next = _guest.Write(Rom, [1]);
        I2cGuest.Do(_bench, next);
        Assert.True(next.Succeeded);
        Assert.Equal(before + 1, _port.Transfers.Count);
        Assert.True(_port.Transfers.Count >= transfers);
        Assert.All(_port.Transfers, static transfer => Assert.StartsWith("w1@0x50", transfer, StringComparison.Ordinal));
    }
}

using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.I2c.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.I2c;

/// <summary>Virtio 1.4, section 5.16.6: what the device must do.</summary>
public sealed class I2cDeviceTests
{
    private static readonly I2cAddress Rom = I2cGuest.At(0x50);

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("i2c", "write and read requests, the status of each", "5.16.6.1")]
    [Proves("i2c", "a read request fills exactly its buf", "5.16.6.4")]
    public void A_write_is_read_back(ulong features)
    {
        using DeviceBench bench = new(new I2cAdapterDevice(SimulatedI2cBus.Private(new Eeprom24(32, Rom))), features);
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Request write = guest.Write(Rom, [0x01, 0x23, 9, 8, 7]);
        I2cGuest.Do(bench, write);
        Assert.True(write.Succeeded);
        Assert.Equal([9, 8, 7, 0xFF], guest.ReadFrom(bench, Rom, [0x01, 0x23], 4)!);
    }

    [Fact]
    [Proves("i2c", "VIRTIO_I2C_F_ZERO_LENGTH_REQUEST is offered, a driver without it is rejected", "5.16.6.4")]
    public void A_driver_without_the_mandatory_feature_is_rejected()
    {
        I2cAdapterDevice device = new(new PlayedPort());
        using GuestWorld world = new(device, GuestWorld.Split);
        Assert.Equal(I2cFeatures.ZeroLengthRequest, world.Description.Features & 1);
        DeviceOperationException refused = Assert.Throws<DeviceOperationException>(() => new DeviceBench(device, world));
        Assert.Contains("required", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Proves("i2c", "zero-length requests, to read and to write", "5.16.3")]
    public void A_zero_length_request_asks_whether_somebody_is_there()
    {
        using DeviceBench bench = new(new I2cAdapterDevice(SimulatedI2cBus.Private(new Lm75(I2cGuest.At(0x48)))));
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Request there = guest.Write(I2cGuest.At(0x48), []);
        I2cGuest.Request thereToo = guest.Read(I2cGuest.At(0x48), 0);
        I2cGuest.Request notThere = guest.Write(I2cGuest.At(0x49), []);
        I2cGuest.Do(bench, there, thereToo, notThere);
        Assert.True(there.Succeeded && thereToo.Succeeded && notThere.Failed);
    }

    [Fact]
    [Proves("i2c", "10-bit addresses", "5.16.6.1")]
    public void A_ten_bit_address_is_not_the_seven_bit_one_of_the_same_value()
    {
        I2cAddress ten = new(0x250, IsTenBit: true);
        using DeviceBench bench = new(new I2cAdapterDevice(SimulatedI2cBus.Private(new Eeprom24(2, ten), new Lm75(I2cGuest.At(0x48)))));
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Do(bench, guest.Write(ten, [4, 1, 2]));
        Assert.Equal([1, 2], guest.ReadFrom(bench, ten, [4], 2)!);
        Assert.Null(guest.ReadFrom(bench, new(0x048, IsTenBit: true), [0], 2));
        Assert.Null(guest.ReadFrom(bench, I2cGuest.At(0x50), [0], 2));
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("i2c", "requests are processed in order", "5.16.6.4")]
    [Proves("i2c", "VIRTIO_I2C_FLAGS_FAIL_NEXT groups requests: one transfer with repeated STARTs", "5.16.6.1")]
    public void A_group_is_one_transfer_and_groups_come_in_order(ulong features)
    {
        PlayedPort port = new();
        using DeviceBench bench = new(new I2cAdapterDevice(port), features);
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Do(
            bench,
            guest.Write(Rom, [1, 2], more: true),
            guest.Read(Rom, 4),
            guest.Write(Rom, [3]),
            guest.Write(Rom, [4], more: true),
            guest.Write(I2cGuest.At(0x51), [5], more: true),
            guest.Read(Rom, 2));
        Assert.Equal(["w2@0x50 r4@0x50", "w1@0x50", "w1@0x50 w1@0x51 r2@0x50"], port.Transfers);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("i2c", "the first failed request of a group has the status ERR, the rest is failed and not executed", "5.16.6.4")]
    public void What_follows_a_failed_request_in_its_group_fails_unexecuted(ulong features)
    {
        I2cTally tally = new(I2cGuest.At(0x30));
        using DeviceBench bench = new(new I2cAdapterDevice(SimulatedI2cBus.Private(tally)), features);
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Request[] group =
        [
            guest.Write(I2cGuest.At(0x30), [1], more: true),
            guest.Write(I2cGuest.At(0x31), [1], more: true),
            guest.Write(I2cGuest.At(0x30), [1], more: true),
            guest.Read(I2cGuest.At(0x30), 4),
        ];
        I2cGuest.Request next = guest.Write(I2cGuest.At(0x30), [1, 1]);
        I2cGuest.Do(bench, [.. group, next]);
        Assert.Equal([true, false, false, false], group.Select(static request => request.Succeeded));
        Assert.All(group[1..], static request => Assert.True(request.Failed));
        Assert.Equal([0, 0, 0, 0], group[3].Bytes);
        Assert.True(next.Succeeded);
        Assert.Equal((2u, 3u, 0u), (tally.Writes, tally.Bytes, tally.Reads));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Proves("i2c", "a group that is sent piece by piece still fails together", "5.16.6.2")]
    public void A_group_that_comes_in_pieces_is_served_and_fails_together(bool immediate)
    {
        PlayedPort port = new() { IsImmediate = immediate };
        using DeviceBench bench = new(new I2cAdapterDevice(port));
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Request first = guest.Write(Rom, [1], more: true);
        I2cGuest.Do(bench, first);
        Assert.True(first.Succeeded);
        port.Result = static _ => new(0, I2cFault.DataNotAcknowledged);
        I2cGuest.Request second = guest.Write(Rom, [2], more: true);
        I2cGuest.Do(bench, second);
        port.Result = static count => new(count, I2cFault.None);
        I2cGuest.Request third = guest.Write(Rom, [3], more: true);
        I2cGuest.Do(bench, third);
        I2cGuest.Request fourth = guest.Read(Rom, 1);
        I2cGuest.Do(bench, fourth);
        I2cGuest.Request fifth = guest.Read(Rom, 1);
        I2cGuest.Do(bench, fifth);
        Assert.True(second.Failed && third.Failed && fourth.Failed && fifth.Succeeded);
        Assert.Equal(["w1@0x50", "w1@0x50", "r1@0x50"], port.Transfers);
    }

    [Fact]
    public void A_slow_bus_does_not_hold_the_pump_and_keeps_the_order()
    {
        using SemaphoreSlim gate = new(0);
        PlayedPort port = new() { IsImmediate = false, Before = gate.Wait };
        using DeviceBench bench = new(new I2cAdapterDevice(port));
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Request first = guest.Read(Rom, 2);
        I2cGuest.Request second = guest.Write(Rom, [1], more: true);
        I2cGuest.Request third = guest.Read(Rom, 3);
        ulong[] cookies = [.. new[] { first, second, third }.Select(request => bench.Post(0, request.Buffers))];
        WaitFor.Condition(() => port.Transfers.Count == 1, "the first transfer");
        Assert.False(bench.IsUsed(0, cookies[0]));
        gate.Release(2);
        foreach (ulong cookie in cookies) { bench.Await(0, cookie); }
        Assert.Equal(["r2@0x50", "w1@0x50 r3@0x50"], port.Transfers);
        Assert.Equal([0x5A, 0x5A, 0x5A], third.Bytes);
    }

    [Fact]
    public void A_stopped_queue_gives_back_what_waits_and_goes_on_with_it()
    {
        using SemaphoreSlim gate = new(0);
        PlayedPort port = new() { IsImmediate = false, Before = gate.Wait };
        using DeviceBench bench = new(new I2cAdapterDevice(port));
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Request[] requests = [.. Enumerable.Range(1, 5).Select(i => guest.Write(Rom, new byte[i]))];
        ulong[] cookies = [.. requests.Select(request => bench.Post(0, request.Buffers))];
        WaitFor.Condition(() => port.Transfers.Count == 1, "the first transfer");
        gate.Release(5);
        bench.StopQueue(0);
        bench.StartQueue(0);
        gate.Release(5);
        foreach (ulong cookie in cookies) { bench.Await(0, cookie); }
        Assert.Equal(["w1@0x50", "w2@0x50", "w3@0x50", "w4@0x50", "w5@0x50"], port.Transfers);
        Assert.All(requests, static request => Assert.True(request.Succeeded));
    }

    [Fact]
    public void Allocates_nothing_for_a_request()
    {
        using AllocationMeter meter = new();
        using DeviceBench bench = new(new I2cAdapterDevice(SimulatedI2cBus.Private(new Eeprom24(32, Rom))), options: meter.Options);
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Request write = guest.Write(Rom, [0, 0, 1, 2, 3, 4]);
        I2cGuest.Request pointer = guest.Write(Rom, [0, 0], more: true);
        I2cGuest.Request read = guest.Read(Rom, 4);
        for (int i = 0; i < 400; i++)
        {
            if (i == 200) { meter.Begin(); }
            I2cGuest.Do(bench, write, pointer, read);
        }
        Assert.Equal([1, 2, 3, 4], read.Bytes);
        Assert.True(meter.Steps > 100);
        Assert.Equal(0, meter.Bytes);
    }

    [Fact]
    public void The_bus_is_closed_when_the_device_is_given_up()
    {
        PlayedPort port = new();
        new DeviceBench(new I2cAdapterDevice(port)).Dispose();
        Assert.True(port.IsDisposed);
    }

    [Fact]
    public void It_is_the_device_that_the_specification_numbers()
    {
        I2cAdapterDevice device = new(new PlayedPort());
        Assert.Equal(VirtioDeviceId.I2cAdapter, device.Id);
        Assert.Equal("requestq", Assert.Single(device.Queues).Name);
        Assert.Equal(0, device.ConfigLength);
    }
}

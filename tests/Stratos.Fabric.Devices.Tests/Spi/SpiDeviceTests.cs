using Stratos.Fabric.Devices.Spi;
using Stratos.Fabric.Devices.Spi.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Spi;

/// <summary>Virtio 1.4, section 5.21: what the device must do.</summary>
public sealed class SpiDeviceTests
{
    [Fact]
    [Proves("spi", "every field of the configuration space", "5.21.4")]
    public void The_configuration_space_says_what_the_controller_can_do()
    {
        PlayedSpiPort port = new()
        {
            Capabilities = new()
            {
                ChipSelects = 3,
                CanChangeChipSelect = true,
                WriteLanes = SpiLanes.Dual | SpiLanes.Octal,
                ReadLanes = SpiLanes.Quad,
                BitsPerWord = 0x8000_8080,
                Functions = SpiFunctions.All,
                MaxFrequency = 0x0102_0304,
                MaxWordDelay = 5,
                MaxSetupDelay = 6,
                MaxHoldDelay = 7,
                MaxInactiveDelay = 8,
            },
        };
        using DeviceBench bench = new(new SpiControllerDevice(port));
        Assert.Equal(
            [3, 1, 5, 2, 0x80, 0x80, 0, 0x80, 0x7F, 0, 0, 0, 4, 3, 2, 1, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0],
            bench.ReadConfig(0, 32));
        bench.WriteConfig(0, 9, 9, 9, 9);
        Assert.Equal([3, 1], bench.ReadConfig(0, 2));
        Assert.Equal((VirtioDeviceId.Spi, 0ul), (bench.Port.Device.Id, bench.Port.Device.Features));
        Assert.Equal("requestq", Assert.Single(bench.Port.Device.Queues).Name);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("spi", "half-duplex write, half-duplex read, full-duplex", "5.21.6.2")]
    public void The_three_kinds_of_transfer_are_served_in_order(ulong features)
    {
        PlayedSpiPort port = new();
        using DeviceBench bench = new(new SpiControllerDevice(port), features);
        SpiGuest guest = new(bench.World.Heap);
        SpiGuest.Request write = guest.Make(new(0), [1, 2, 3], null);
        SpiGuest.Request read = guest.Make(new(1), null, 4);
        SpiGuest.Request both = guest.Make(new(1), [1, 2], 2);
        SpiGuest.Do(bench, write, read, both);
        Assert.Equal((0, 0, 0), (write.Code, read.Code, both.Code));
        Assert.Equal(["0:w3", "1:r4", "1:w2r2"], port.Transfers);
        Assert.Equal([0x5A, 0x5A, 0x5A, 0x5A], read.Bytes);
    }

    [Fact]
    [Proves("spi", "modes, word lengths, lanes, delays and clock rate reach the bus", "5.21.6.1")]
    public void Every_parameter_reaches_the_bus()
    {
        SpiLoopback loopback = new(0);
        using DeviceBench bench = new(new SpiControllerDevice(SimulatedSpiBus.Private(loopback)));
        SpiGuest guest = new(bench.World.Heap);
        SpiGuest.Request request = guest.Make(
            new(0) { Bits = 16, Change = 1, WriteLanes = 4, ReadLanes = 2, Mode = 0b1111, Frequency = 9, WordDelay = 1, Setup = 2, Hold = 3, Inactive = 4 }, [1, 2, 3, 4], 4);
        SpiGuest.Do(bench, request);
        Assert.Equal(0, request.Code);
        Assert.Equal([1, 2, 3, 4], request.Bytes);
        Assert.Equal(
            new(0, 16, true, 4, 2, SpiModes.All & ~SpiModes.Loopback, 9, 1, 2, 3, 4),
            loopback.LastSettings);
        Assert.Equal((1ul, 4ul), (loopback.Transfers, loopback.Bytes));
    }

    [Fact]
    [Proves("spi", "loopback mode", "5.21.6.1")]
    public void In_loopback_what_is_sent_comes_back_from_an_empty_chip_select()
    {
        using DeviceBench bench = new(new SpiControllerDevice(SimulatedSpiBus.Private(new SpiLoopback(1))));
        SpiGuest guest = new(bench.World.Heap);
        SpiGuest.Request without = guest.Make(new(0), [1, 2], 2);
        SpiGuest.Request with = guest.Make(new(0) { Mode = 0b10000 }, [1, 2], 2);
        SpiGuest.Do(bench, without, with);
        Assert.Equal([0xFF, 0xFF], without.Bytes);
        Assert.Equal([1, 2], with.Bytes);
    }

    [Fact]
    [Proves("spi", "VIRTIO_SPI_TRANS_ERR when the transfer fails", "5.21.6.1")]
    public void A_transfer_that_fails_says_so_and_gives_nothing()
    {
        using SimulatedSpiBus bus = SimulatedSpiBus.Private(new SpiLoopback(0));
        bus.Faults.Fail(chipSelect: 0, times: 1);
        using DeviceBench bench = new(new SpiControllerDevice(bus));
        SpiGuest guest = new(bench.World.Heap);
        SpiGuest.Request failed = guest.Make(new(0), [1, 2], 2);
        SpiGuest.Request next = guest.Make(new(0), [1, 2], 2);
        SpiGuest.Do(bench, failed, next);
        Assert.Equal((2, 0), (failed.Code, next.Code));
        Assert.Equal([0, 0], failed.Bytes);
    }

    [Fact]
    public void A_slow_bus_does_not_hold_the_pump_and_keeps_the_order()
    {
        using SemaphoreSlim gate = new(0);
        PlayedSpiPort port = new() { IsImmediate = false, Before = gate.Wait };
        using DeviceBench bench = new(new SpiControllerDevice(port));
        SpiGuest guest = new(bench.World.Heap);
        SpiGuest.Request[] requests = [.. Enumerable.Range(1, 4).Select(i => guest.Make(new(0), new byte[i], null))];
        ulong[] cookies = [.. requests.Select(request => bench.Post(0, request.Buffers))];
        WaitFor.Condition(() => port.Transfers.Count == 1, "the first transfer");
        Assert.False(bench.IsUsed(0, cookies[0]));
        gate.Release(4);
        bench.StopQueue(0);
        bench.StartQueue(0);
        gate.Release(4);
        foreach (ulong cookie in cookies) { bench.Await(0, cookie); }
        Assert.Equal(["0:w1", "0:w2", "0:w3", "0:w4"], port.Transfers);
    }

    [Fact]
    public void A_port_that_throws_fails_the_transfer_and_nothing_else()
    {
        PlayedSpiPort port = new() { Before = static () => throw new InvalidOperationException("broken wire") };
        using DeviceBench bench = new(new SpiControllerDevice(port));
        SpiGuest guest = new(bench.World.Heap);
        SpiGuest.Request failed = guest.Make(new(0), [1], 1);
        SpiGuest.Do(bench, failed);
        Assert.Equal(2, failed.Code);
        Assert.Contains("broken wire", bench.Port.Warnings[0], StringComparison.Ordinal);
        port.Before = static () => { };
        SpiGuest.Request next = guest.Make(new(0), [1], null);
        SpiGuest.Do(bench, next);
        Assert.Equal(0, next.Code);
    }

    [Fact]
    public void A_reset_deselects_what_the_guest_may_use_and_an_end_closes_the_port()
    {
        PlayedSpiPort port = new();
        using (DeviceBench bench = new(new SpiControllerDevice(port, SpiAccess.Parse("1"))))
        {
            Assert.Equal([1], port.Deselected);
            bench.Port.Perform(new DeviceOperation.Reset());
            Assert.Equal([1, 1], port.Deselected);
        }
        Assert.True(port.IsDisposed);
    }

    [Fact]
    public void Allocates_nothing_for_a_request()
    {
        using AllocationMeter meter = new();
        using DeviceBench bench = new(new SpiControllerDevice(SimulatedSpiBus.Private(new SpiLoopback(0), new Eeprom25(256, 1))), options: meter.Options);
        SpiGuest guest = new(bench.World.Heap);
        SpiGuest.Request[] requests = [guest.Make(new(0), new byte[64], 64), guest.Make(new(1), [6], null), guest.Make(new(1), [2, 0, 0, 1, 2], null), guest.Make(new(1), [3, 0, 0, 0, 0], 5)];
        for (int i = 0; i < 300; i++)
        {
            if (i == 150) { meter.Begin(); }
            SpiGuest.Do(bench, requests);
        }
        Assert.Equal([0xFF, 0xFF, 0xFF, 1, 2], requests[3].Bytes);
        Assert.True(meter.Steps > 100);
        Assert.Equal(0, meter.Bytes);
    }
}

using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.Tests.I2c;

/// <summary>The port to the host's buses, on a bus that is played.</summary>
public sealed class LinuxI2cPortTests
{
    private static readonly I2cAddress Rom = I2cGuest.At(0x50);
    private static readonly I2cAddress Nobody = I2cGuest.At(0x51);

    [Fact]
    public void A_group_becomes_what_the_library_knows()
    {
        PlayedHostBus bus = new();
        using DeviceBench bench = new(new I2cAdapterDevice(new LinuxI2cPort(bus)));
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Request read = guest.Read(Rom, 3);
        I2cGuest.Do(bench, guest.Write(Rom, [1, 2], more: true), read);
        I2cGuest.Do(bench, guest.Write(Rom, [1], more: true), guest.Write(Rom, [1, 2], more: true), guest.Read(Rom, 1, more: true), guest.Read(Rom, 2));
        Assert.Equal(["w2r3@50", "w1@50", "w2r1@50", "r2@50"], bus.Calls);
        Assert.Equal([0x77, 0x77, 0x77], read.Bytes);
    }

    [Fact]
    public void What_fails_on_the_bus_fails_for_the_guest_and_ends_the_group()
    {
        PlayedHostBus bus = new();
        using DeviceBench bench = new(new I2cAdapterDevice(new LinuxI2cPort(bus)));
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Request[] group = [guest.Write(Rom, [1], more: true), guest.Write(Nobody, [1], more: true), guest.Write(Rom, [1])];
        I2cGuest.Do(bench, group);
        Assert.Equal([true, false, false], group.Select(static request => request.Succeeded));
        Assert.Equal(["w1@50", "w1@51"], bus.Calls);
    }

    [Fact]
    public void What_the_library_cannot_is_an_error_and_never_on_the_bus()
    {
        PlayedHostBus bus = new();
        using DeviceBench bench = new(new I2cAdapterDevice(new LinuxI2cPort(bus)));
        I2cGuest guest = new(bench.World.Heap);
        I2cGuest.Request[] requests = [guest.Write(Rom, []), guest.Read(Rom, 0), guest.Read(new(0x50, IsTenBit: true), 1)];
        I2cGuest.Do(bench, requests);
        Assert.All(requests, static request => Assert.True(request.Failed));
        Assert.Empty(bus.Calls);
    }

    [Fact]
    public void It_knows_nothing_of_a_dead_server_s_transfer_and_closes_its_bus()
    {
        PlayedHostBus bus = new();
        LinuxI2cPort port = new(bus);
        port.Join(1);
        Assert.Equal(TransferFate.Unknown, port.Recall(new(1, 1)));
        Assert.False(port.IsImmediate);
        port.Dispose();
        Assert.True(bus.IsDisposed);
    }
}

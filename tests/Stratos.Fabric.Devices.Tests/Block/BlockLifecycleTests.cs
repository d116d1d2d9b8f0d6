using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.Block;

/// <summary>Stops, successors, and what a request costs.</summary>
public sealed class BlockLifecycleTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void A_queue_can_be_stopped_and_started_under_load(ulong features)
    {
        using TemporaryImage image = new(1 << 20);
        using DeviceBench bench = new(BlockDevice.Create(new() { File = image.Path }), features);
        BlockGuest guest = new(bench);
        for (int round = 0; round < 20; round++)
        {
            byte[] pattern = BlockGuest.Pattern(512, (byte)round);
            (ulong Cookie, GuestBuffer Status)[] writes = [.. Enumerable.Range(0, 4).Select(i =>
            {
                GuestBuffer status = guest.StatusByte();
                return (bench.Post(0, guest.Header(1, (ulong)i).ToDevice, bench.Buffer(pattern).ToDevice, status.FromDevice), status);
            })];
            bench.StopQueue(0);
            bench.StartQueue(0);
            foreach ((ulong cookie, GuestBuffer status) in writes)
            {
                bench.Await(0, cookie);
                Assert.Equal(BlockGuest.Ok, status.Span[0]);
            }
        }
    }

    [Fact]
    public void A_memory_disk_of_a_process_that_is_gone_fails_rather_than_show_zeroes()
    {
        BlockDevice first = BlockDevice.Create(new() { Memory = 1 << 20 });
        using GuestWorld world = new(first, GuestWorld.Split | first.Features);
        DeviceBench before = new(first, world);
        BlockGuest guest = new(before);
        Assert.Equal(BlockGuest.Ok, guest.Write(0, before.Buffer(512)));
        before.StopQueue(0);
        using DeviceBench after = new(BlockDevice.Create(new() { Memory = 1 << 20 }), world.Restarted());
        guest = new(after);
        Assert.Equal(BlockGuest.IoError, guest.Read(0, after.Buffer(512)));
        Assert.Equal(BlockGuest.IoError, guest.Write(0, after.Buffer(512)));
        Assert.Contains("Use a file", after.Port.Warnings[0], StringComparison.Ordinal);
        after.Port.Perform(new DeviceOperation.Reset());
        world.Restarted();
        after.StartQueue(0);
        Assert.Equal(BlockGuest.Ok, guest.Read(0, after.Buffer(512)));
        before.Dispose();
    }

    [Theory]
    [InlineData("file")]
    [InlineData("memory")]
    [InlineData("null")]
    public void Allocates_nothing_for_a_request(string kind)
    {
        using TemporaryImage image = new(1 << 20);
        using AllocationMeter meter = new();
        using DeviceBench bench = new(
            BlockDevice.Create(kind switch
            {
                "file" => new() { File = image.Path, Threads = 1 },
                "memory" => new() { Memory = 1 << 20 },
                _ => new() { Null = 1 << 20 },
            }),
            options: meter.Options);
        BlockGuest guest = new(bench);
        GuestBuffer data = bench.Buffer(4096);
        GuestBuffer status = guest.StatusByte();
        GuestBuffer[] headers = [guest.Header(0, 0), guest.Header(1, 8), guest.Header(4, 0)];
        for (int i = 0; i < 300; i++)
        {
            if (i == 150) { meter.Begin(); }
            GuestBuffer header = headers[i % 3];
            DriverBuffer payload = i % 3 == 0 ? data.FromDevice : data.ToDevice;
            bench.Do(0, header.ToDevice, payload, status.FromDevice);
            Assert.Equal(BlockGuest.Ok, status.Span[0]);
        }
        Assert.True(meter.Steps > 150);
        Assert.Equal(0, meter.Bytes);
    }
}

using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Driver;

/// <summary>The split driver ring against the byte layouts of virtio 1.4, section 2.7.</summary>
public sealed class SplitDriverRingTests
{
    private const ulong EventIndex = VirtioFeatures.EventIndex;

    [Fact]
    public void Areas_are_aligned_and_apart()
    {
        using var bench = new DriverBench(64, VirtioFeatures.Version1);
        var areas = bench.Ring.Addresses;
        Assert.Equal(0UL, areas.Descriptors % 16);
        Assert.Equal(0UL, areas.Driver % 2);
        Assert.Equal(0UL, areas.Device % 4);
        Assert.True(areas.Driver >= areas.Descriptors + (16 * 64));
        Assert.True(areas.Device >= areas.Driver + 6 + (2 * 64));
    }

    [Fact]
    public void A_chain_is_laid_out_as_specified_and_shown_by_publish()
    {
        using var bench = new DriverBench(8, VirtioFeatures.Version1);
        var areas = bench.Ring.Addresses;
        Assert.True(bench.Add(1, (16, false), (512, true), (1, true)));
        Assert.Equal(0, bench.At<ushort>(areas.Driver + 2));
        Assert.True(bench.Ring.Publish());
        Assert.Equal(1, bench.At<ushort>(areas.Driver + 2));
        Assert.Equal(0, bench.At<ushort>(areas.Driver + 4));
        AssertDescriptor(bench, areas.Descriptors, 0x1001_0000, 16, flags: 1, next: 1);
        AssertDescriptor(bench, areas.Descriptors + 16, 0x1001_1000, 512, flags: 3, next: 2);
        AssertDescriptor(bench, areas.Descriptors + 32, 0x1001_2000, 1, flags: 2, next: 0);
        Assert.False(bench.Ring.Publish());
    }

    [Fact]
    public void A_negotiated_indirect_table_holds_the_chain()
    {
        using var bench = new DriverBench(8, VirtioFeatures.Version1 | VirtioFeatures.IndirectDescriptors);
        Assert.True(bench.Add(2, (16, false), (4096, true)));
        bench.Ring.Publish();
        var descriptor = bench.Ring.Addresses.Descriptors;
        var table = bench.At<ulong>(descriptor);
        AssertDescriptor(bench, descriptor, table, 32, flags: 4, next: 0);
        AssertDescriptor(bench, table, 0x1002_0000, 16, flags: 1, next: 1);
        AssertDescriptor(bench, table + 16, 0x1002_1000, 4096, flags: 2, next: 0);
        Assert.Equal(7, bench.Ring.FreeDescriptors);
    }

    [Fact]
    public void Descriptors_go_round_the_table_when_used_in_order()
    {
        using var bench = new DriverBench(8, VirtioFeatures.Version1 | VirtioFeatures.InOrder);
        var device = new PlayedSplitDevice(bench);
        for (ulong round = 0; round < 20; round++)
        {
            Assert.True(bench.Add(round, (8, false), (8, true), (8, true)));
            bench.Ring.Publish();
            var request = device.Fetch()!;
            Assert.Equal((int)(round * 3 % 8), request.Id);
            for (var i = 0; i < 2; i++)
            {
                var at = (request.Id + i) % 8;
                Assert.Equal((at + 1) % 8, bench.At<ushort>(bench.Ring.Addresses.Descriptors + (16 * (ulong)at) + 14));
            }
            device.Use(request, 16);
            Assert.True(bench.Ring.TryTake(out var cookie, out _));
            Assert.Equal(round, cookie);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Without_event_index_the_used_flags_decide_the_kick(int flags, bool kick)
    {
        using var bench = new DriverBench(8, VirtioFeatures.Version1);
        bench.At<ushort>(bench.Ring.Addresses.Device) = (ushort)flags;
        bench.Add(1, (8, false));
        Assert.Equal(kick, bench.Ring.Publish());
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(0, 3, true)]
    [InlineData(2, 3, true)]
    [InlineData(3, 3, false)]
    [InlineData(65535, 3, false)]
    public void With_event_index_the_avail_event_decides_the_kick(int availEvent, int batch, bool kick)
    {
        using var bench = new DriverBench(8, VirtioFeatures.Version1 | EventIndex);
        bench.At<ushort>(bench.Ring.Addresses.Device + 4 + (8 * 8)) = (ushort)availEvent;
        bench.At<ushort>(bench.Ring.Addresses.Device) = 1;
        for (var i = 0; i < batch; i++)
            bench.Add((ulong)i, (8, false));
        Assert.Equal(kick, bench.Ring.Publish());
    }

    [Fact]
    public void Kicks_follow_the_avail_event_over_the_wrap_of_the_index()
    {
        using var bench = new DriverBench(16, VirtioFeatures.Version1 | EventIndex);
        var device = new PlayedSplitDevice(bench);
        for (var i = 0; i < 140_000; i++)
        {
            var wanted = (i & 1) == 0;
            bench.At<ushort>(bench.Ring.Addresses.Device + 4 + (8 * 16)) = (ushort)(wanted ? i : i - 1);
            bench.Ring.TryAdd([new(0x1000, 8, true)], (ulong)i);
            Assert.Equal(wanted, bench.Ring.Publish());
            device.UseRaw(bench.At<ushort>(bench.Ring.Addresses.Driver + 4 + (2 * (ulong)(i % 16))), 8, 1);
            Assert.True(bench.Ring.TryTake(out var cookie, out _));
            Assert.Equal((ulong)i, cookie);
        }
    }

    [Fact]
    public void Arming_without_event_index_uses_the_available_flags()
    {
        using var bench = new DriverBench(8, VirtioFeatures.Version1);
        bench.Ring.DisarmNotification();
        Assert.Equal(1, bench.At<ushort>(bench.Ring.Addresses.Driver));
        Assert.True(bench.Ring.ArmNotification());
        Assert.Equal(0, bench.At<ushort>(bench.Ring.Addresses.Driver));
    }

    [Fact]
    public void Arming_with_event_index_names_the_next_used_element()
    {
        using var bench = new DriverBench(8, VirtioFeatures.Version1 | EventIndex);
        var usedEvent = bench.Ring.Addresses.Driver + 4 + (2 * 8);
        var device = new PlayedSplitDevice(bench);
        bench.Add(1, (8, true));
        bench.Add(2, (8, true));
        bench.Ring.Publish();
        device.Use(device.Fetch()!, 8);
        Assert.False(bench.Ring.ArmNotification());
        Assert.True(bench.Ring.TryTake(out _, out _));
        Assert.True(bench.Ring.ArmNotification());
        Assert.Equal(1, bench.At<ushort>(usedEvent));
        bench.Ring.DisarmNotification();
        Assert.Equal(0, bench.At<ushort>(usedEvent));
        Assert.Equal(0, bench.At<ushort>(bench.Ring.Addresses.Driver));
    }

    private static void AssertDescriptor(DriverBench bench, ulong at, ulong address, uint length, ushort flags, ushort next)
    {
        Assert.Equal(address, bench.At<ulong>(at));
        Assert.Equal(length, bench.At<uint>(at + 8));
        Assert.Equal(flags, bench.At<ushort>(at + 12));
        Assert.Equal(next, bench.At<ushort>(at + 14));
    }
}

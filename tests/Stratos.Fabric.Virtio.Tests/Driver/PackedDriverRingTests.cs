using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Driver;

/// <summary>The packed driver ring against the byte layouts of virtio 1.4, section 2.8.</summary>
public sealed class PackedDriverRingTests
{
    private const ulong Packed = VirtioFeatures.Version1 | VirtioFeatures.RingPacked;
    private const ushort Available = 0x80;
    private const ushort Used = 0x8000;

    [Fact]
    public void A_chain_is_laid_out_as_specified_and_shown_by_publish()
    {
        using var bench = new DriverBench(8, Packed);
        var ring = bench.Ring.Addresses.Descriptors;
        Assert.True(bench.Add(1, (16, false), (512, true), (1, true)));
        Assert.Equal(0, bench.At<ushort>(ring + 14));
        Assert.True(bench.Ring.Publish());
        AssertDescriptor(bench, ring, 0x1001_0000, 16, Available | 1);
        AssertDescriptor(bench, ring + 16, 0x1001_1000, 512, Available | 3);
        AssertDescriptor(bench, ring + 32, 0x1001_2000, 1, Available | 2);
        Assert.Equal(0, bench.At<ushort>(ring + 32 + 12));
    }

    [Fact]
    public void A_batch_is_hidden_until_it_is_published()
    {
        using var bench = new DriverBench(8, Packed);
        var device = new PlayedPackedDevice(bench);
        bench.Add(1, (16, false));
        bench.Add(2, (16, false));
        bench.Add(3, (16, false));
        Assert.Null(device.Fetch());
        bench.Ring.Publish();
        Assert.Equal([0, 1, 2], new[] { device.Fetch()!.Id, device.Fetch()!.Id, device.Fetch()!.Id }.Select(id => (int)id));
        Assert.Null(device.Fetch());
    }

    [Fact]
    public void A_negotiated_indirect_table_has_no_flags_but_write()
    {
        using var bench = new DriverBench(8, Packed | VirtioFeatures.IndirectDescriptors);
        Assert.True(bench.Add(2, (16, false), (4096, true), (1, true)));
        bench.Ring.Publish();
        var ring = bench.Ring.Addresses.Descriptors;
        var table = bench.At<ulong>(ring);
        AssertDescriptor(bench, ring, table, 48, Available | 4);
        AssertDescriptor(bench, table, 0x1002_0000, 16, 0);
        AssertDescriptor(bench, table + 16, 0x1002_1000, 4096, 2);
        AssertDescriptor(bench, table + 32, 0x1002_2000, 1, 2);
        Assert.Equal(7, bench.Ring.FreeDescriptors);
    }

    [Fact]
    public void The_wrap_counter_turns_with_each_lap_of_any_queue_size()
    {
        using var bench = new DriverBench(5, Packed);
        var device = new PlayedPackedDevice(bench);
        for (var i = 0; i < 100; i++)
        {
            bench.Add((ulong)i, (8, true), (8, true), (8, true));
            bench.Ring.Publish();
            var slot = i * 3 % 5;
            var wrap = i * 3 / 5 % 2 == 0;
            Assert.Equal((wrap ? Available : Used) | 3, bench.At<ushort>(bench.Ring.Addresses.Descriptors + (16 * (ulong)slot) + 14));
            device.Use(device.Fetch()!, 24);
            Assert.True(bench.Ring.TryTake(out var cookie, out var written));
            Assert.Equal(((ulong)i, 24u), (cookie, written));
        }
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(1u << 16, false)]
    public void Event_flags_decide_the_kick(uint wish, bool kick)
    {
        using var bench = new DriverBench(8, Packed);
        bench.At<uint>(bench.Ring.Addresses.Device) = wish;
        bench.Add(1, (8, false));
        Assert.Equal(kick, bench.Ring.Publish());
    }

    [Fact]
    public void Kicks_follow_the_event_descriptor_over_the_wrap()
    {
        using var bench = new DriverBench(6, Packed | VirtioFeatures.EventIndex);
        var device = new PlayedPackedDevice(bench);
        for (var i = 0; i < 1000; i++)
        {
            // The device waits for a place that is this request's second descriptor, the one before it, or the one after.
            var offset = (i % 3) - 1;
            var place = (i * 2) + (offset * 2) + 1;
            var (slot, wrap) = place < 0 ? (5, false) : (place % 6, place / 6 % 2 == 0);
            bench.At<uint>(bench.Ring.Addresses.Device) = (2u << 16) | (uint)slot | (wrap ? 0x8000u : 0);
            bench.Add((ulong)i, (8, true), (8, true));
            Assert.Equal(offset == 0, bench.Ring.Publish());
            device.Use(device.Fetch()!, 1);
            Assert.True(bench.Ring.TryTake(out _, out _));
        }
    }

    [Fact]
    public void Arming_names_the_next_used_descriptor_with_event_index_only()
    {
        using var plain = new DriverBench(8, Packed);
        plain.Ring.DisarmNotification();
        Assert.Equal(1, plain.At<ushort>(plain.Ring.Addresses.Driver + 2));
        Assert.True(plain.Ring.ArmNotification());
        Assert.Equal(0, plain.At<ushort>(plain.Ring.Addresses.Driver + 2));

        using var bench = new DriverBench(2, Packed | VirtioFeatures.EventIndex);
        var device = new PlayedPackedDevice(bench);
        Assert.True(bench.Ring.ArmNotification());
        Assert.Equal(0x8000, bench.At<ushort>(bench.Ring.Addresses.Driver));
        Assert.Equal(2, bench.At<ushort>(bench.Ring.Addresses.Driver + 2));
        for (var i = 0; i < 3; i++)
        {
            bench.Add((ulong)i, (8, true));
            bench.Ring.Publish();
            device.Use(device.Fetch()!, 8);
            Assert.False(bench.Ring.ArmNotification());
            Assert.True(bench.Ring.TryTake(out _, out _));
        }
        Assert.True(bench.Ring.ArmNotification());
        Assert.Equal(1, bench.At<ushort>(bench.Ring.Addresses.Driver));
    }

    [Theory]
    [InlineData(3u << 16, VirtioFeatures.EventIndex)]
    [InlineData(2u << 16, 0UL)]
    [InlineData((2u << 16) | 8, VirtioFeatures.EventIndex)]
    public void An_event_wish_that_the_specification_rules_out_is_reported(uint wish, ulong feature)
    {
        using var bench = new DriverBench(8, Packed | feature);
        bench.At<uint>(bench.Ring.Addresses.Device) = wish;
        bench.Add(1, (8, false));
        Assert.Throws<DeviceMisbehavedException>(() => bench.Ring.Publish());
    }

    [Fact]
    public void The_length_of_a_used_descriptor_without_write_flag_is_ignored()
    {
        using var bench = new DriverBench(8, Packed);
        bench.Add(1, (8, false));
        bench.Ring.Publish();
        bench.At<uint>(bench.Ring.Addresses.Descriptors + 8) = 0xffff_ffff;
        bench.At<ushort>(bench.Ring.Addresses.Descriptors + 14) = Available | Used;
        Assert.True(bench.Ring.TryTake(out _, out var written));
        Assert.Equal(0u, written);
    }

    private static void AssertDescriptor(DriverBench bench, ulong at, ulong address, uint length, int flags)
    {
        Assert.Equal(address, bench.At<ulong>(at));
        Assert.Equal(length, bench.At<uint>(at + 8));
        Assert.Equal(flags, bench.At<ushort>(at + 14));
    }
}

using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Driver;

/// <summary>What a device does wrong is found out, and said with numbers.</summary>
public sealed class DriverRingCheckTests
{
    private const ulong Packed = VirtioFeatures.RingPacked;
    private const ulong InOrder = VirtioFeatures.InOrder;

    [Theory]
    [InlineData(0UL)]
    [InlineData(Packed)]
    public void A_request_completed_twice(ulong kind)
    {
        var (bench, device, requests) = Posted(kind, 2);
        using var _ = bench;
        device.Use(requests[0], 4);
        device.Use(requests[0], 4);
        Assert.True(bench.Ring.TryTake(out var cookie, out var _));
        Assert.Equal(0UL, cookie);
        AssertTold(bench, "completed twice, or never made available");
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(Packed)]
    public void A_request_that_was_never_posted(ulong kind)
    {
        var (bench, device, requests) = Posted(kind, 1);
        using var _ = bench;
        device.Use(requests[0] with { Id = 5 }, 4);
        AssertTold(bench, "the device used id 5, which it does not hold");
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(Packed)]
    [InlineData(InOrder)]
    [InlineData(Packed | InOrder)]
    public void An_id_beyond_the_queue(ulong kind)
    {
        var (bench, device, requests) = Posted(kind, 1);
        using var _ = bench;
        device.Use(requests[0] with { Id = 8 }, 4);
        AssertTold(bench, "id 8, but the queue size is 8");
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(Packed)]
    [InlineData(InOrder)]
    [InlineData(Packed | InOrder)]
    public void More_written_than_there_is_room(ulong kind)
    {
        var (bench, device, requests) = Posted(kind, 1);
        using var _ = bench;
        device.Use(requests[0], 17);
        AssertTold(bench, "says it wrote 17 bytes to id 0 (request 1), which has 16 writable bytes");
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(Packed)]
    [InlineData(InOrder)]
    [InlineData(Packed | InOrder)]
    public void A_request_that_was_added_but_not_published(ulong kind)
    {
        var (bench, device, requests) = Posted(kind, 1);
        using var _ = bench;
        bench.Add(1, (8, false), (16, true));
        device.Use(new((ushort)(kind == 0 || kind == InOrder ? 2 : 1), 2, []), 4);
        AssertTold(bench, "before it was made available; 1 requests were");
        Assert.Equal((ushort)0, requests[0].Id);
    }

    [Theory]
    [InlineData(0UL, 3)]
    [InlineData(0UL, -1)]
    [InlineData(InOrder, 3)]
    public void A_used_index_that_jumps(ulong kind, int jump)
    {
        var (bench, device, requests) = Posted(kind, 2);
        using var _ = bench;
        ((PlayedSplitDevice)device).UseRaw(requests[0].Id, 4, jump);
        AssertTold(bench, "only 2 requests are in flight");
    }

    [Fact]
    public void An_in_order_batch_longer_than_the_used_index_says()
    {
        var (bench, device, requests) = Posted(InOrder, 3);
        using var _ = bench;
        ((PlayedSplitDevice)device).UseRaw(requests[2].Id, 4, 2);
        AssertTold(bench, "although only 2 requests");
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(Packed)]
    public void What_no_device_could_take_is_refused(ulong kind)
    {
        using var bench = new DriverBench(8, VirtioFeatures.Version1 | kind);
        Assert.Throws<ArgumentException>(() => bench.Add(1));
        Assert.Throws<ArgumentException>(() => bench.Add(1, (0, false)));
        Assert.Throws<ArgumentException>(() => bench.Add(1, (8, true), (8, false)));
        Assert.Throws<ArgumentException>(() => bench.Add(1, (uint.MaxValue, false), (2, true)));
        Assert.Throws<ArgumentException>(() => bench.Add(1, [.. Enumerable.Repeat((8u, true), 9)]));
        Assert.Equal(0, bench.Ring.InFlight);
        Assert.Equal(8, bench.Ring.FreeDescriptors);
    }

    [Fact]
    public void A_queue_size_that_no_ring_has_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DriverBench(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DriverBench(6, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DriverBench(32769, Packed));
    }

    private static (DriverBench Bench, PlayedDevice Device, List<PlayedRequest> Requests) Posted(ulong kind, int count)
    {
        var features = VirtioFeatures.Version1 | kind;
        var bench = new DriverBench(8, features);
        for (var i = 0; i < count; i++)
            Assert.True(bench.Add((ulong)i, (8, false), (16, true)));
        bench.Ring.Publish();
        var device = PlayedDevice.For(bench, features);
        return (bench, device, [.. Enumerable.Range(0, count).Select(_ => device.Fetch()!)]);
    }

    private static void AssertTold(DriverBench bench, string what) =>
        Assert.Contains(what, Assert.Throws<DeviceMisbehavedException>(() => bench.Ring.TryTake(out _, out _)).Message, StringComparison.Ordinal);
}

using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Driver;

/// <summary>Many requests go through a ring, completed in every order the features allow, and each comes back once.</summary>
public sealed class DriverRingExchangeTests
{
    private const ulong Packed = VirtioFeatures.RingPacked;
    private const ulong InOrder = VirtioFeatures.InOrder;
    private const ulong Indirect = VirtioFeatures.IndirectDescriptors;

    public static TheoryData<ulong, int> Kinds()
    {
        var data = new TheoryData<ulong, int>();
        foreach (var kind in new[] { 0UL, Packed })
        {
            foreach (var order in new[] { 0UL, InOrder })
            {
                foreach (var indirect in new[] { 0UL, Indirect })
                {
                    foreach (var size in kind == 0 ? new[] { 1, 4, 128 } : [1, 5, 128])
                        data.Add(VirtioFeatures.Version1 | VirtioFeatures.EventIndex | kind | order | indirect, size);
                }
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_request_comes_back_once_with_its_cookie(ulong features, int size)
    {
        for (var seed = 1; seed <= 5; seed++)
            new Exchange(features, (ushort)size, seed).Run(3000);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_reset_ring_begins_again(ulong features, int size)
    {
        using var bench = new DriverBench((ushort)size, features);
        for (var round = 0; round < 3; round++)
        {
            var device = PlayedDevice.For(bench, features);
            var full = 0UL;
            while (bench.Add(full, (8, true)))
                full++;
            Assert.Equal((ulong)size, full);
            bench.Ring.Publish();
            device.Use(device.Fetch()!, 8);
            Assert.True(bench.Ring.TryTake(out var cookie, out _));
            Assert.Equal(0UL, cookie);
            bench.Ring.Reset();
            Assert.Equal((0, size), (bench.Ring.InFlight, bench.Ring.FreeDescriptors));
        }
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(Packed)]
    [InlineData(InOrder)]
    [InlineData(Packed | InOrder)]
    public void A_request_costs_no_allocation(ulong kind)
    {
        var features = VirtioFeatures.Version1 | VirtioFeatures.EventIndex | Indirect | kind;
        using var bench = new DriverBench(64, features);
        var device = PlayedDevice.For(bench, features);
        RoundTrips(bench.Ring, device, 100);
        Assert.Equal(0, RoundTrips(bench.Ring, device, 1000));
    }

    private static long RoundTrips(DriverRing ring, PlayedDevice device, int count)
    {
        long allocated = 0;
        for (var i = 0; i < count; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(ring.TryAdd([new(0x1000, 16, false), new(0x2000, 4096, true), new(0x3000, 1, true)], (ulong)i));
            ring.Publish();
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            device.Use(device.Fetch()!, 4097);
            before = GC.GetAllocatedBytesForCurrentThread();
            var taken = ring.TryTake(out var cookie, out _) && cookie == (ulong)i && ring.ArmNotification();
            ring.DisarmNotification();
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken);
        }
        return allocated;
    }
}

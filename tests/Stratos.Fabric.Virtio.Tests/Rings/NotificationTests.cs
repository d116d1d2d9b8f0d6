using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Fabric.Virtio.Tests.Bench;

namespace Stratos.Fabric.Virtio.Tests.Rings;

/// <summary>Which publications notify, and which availability kicks.</summary>
public sealed class NotificationTests
{
    private sealed class Echo : QueueHandler
    {
        public override void Handle(DescriptorChain chain) => chain.Complete(0);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void A_driver_is_notified_when_it_asked_and_then_once(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind), size: 8);
        PumpLoop loop = Open(bench, out DriverBuffer[] request);
        bool suppressesExactly = (bench.Features & VirtioFeatures.EventIndex) != 0;
        for (int round = 0; round < 40; round++)
        {
            Assert.True(bench.Driver.ArmNotification());
            Serve(bench, loop, request, 1 + (round % 3));
            Assert.Equal(1, Notifications(bench));
            // Without a new wish, an event index stays behind; flags stay as they are.
            Serve(bench, loop, request, 1);
            Assert.Equal(suppressesExactly ? 0 : 1, Notifications(bench));
            while (bench.Driver.TryTake(out _, out _)) { }
            bench.Driver.DisarmNotification();
            Serve(bench, loop, request, 2);
            Assert.Equal(0, Notifications(bench));
            while (bench.Driver.TryTake(out _, out _)) { }
        }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void A_driver_kicks_when_the_pump_listens_and_not_while_it_works(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind), size: 8);
        PumpLoop loop = Open(bench, out DriverBuffer[] request);
        for (int round = 0; round < 40; round++)
        {
            loop.ListenForKicks(true);
            Assert.True(bench.Driver.TryAdd(request, 0));
            Assert.True(bench.Driver.Publish());
            loop.ListenForKicks(false);
            for (int i = 0; i < 3; i++)
            {
                Assert.True(bench.Driver.TryAdd(request, 0));
                Assert.False(bench.Driver.Publish());
            }
            while (loop.Pass()) { }
            while (bench.Driver.TryTake(out _, out _)) { }
        }
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(VirtioFeatures.RingPacked)]
    public void The_first_publication_after_a_start_notifies_whatever_the_driver_said(ulong features)
    {
        using GuestBench bench = new(features);
        bench.Driver.DisarmNotification();
        Open(bench, out _, consume: false);
        Assert.True(bench.Call.TryConsume(out _));
    }

    [Theory]
    [InlineData(0UL, 10)]
    [InlineData(VirtioFeatures.RingPacked, 10)]
    [InlineData(0UL, 64)]
    [InlineData(VirtioFeatures.RingPacked, 64)]
    public void A_driver_hears_of_several_batches_at_once_and_always_of_the_last(ulong features, int count)
    {
        using GuestBench bench = new(features, size: 64);
        PumpLoop loop = Open(bench, out DriverBuffer[] request, batch: 4);
        for (int i = 0; i < count; i++) { Assert.True(bench.Driver.TryAdd(request, 0)); }
        bench.Driver.Publish();
        while (loop.Pass()) { }
        Assert.Equal((count + 15) / 16, Notifications(bench));
        int taken = 0;
        while (bench.Driver.TryTake(out _, out _)) { taken++; }
        Assert.Equal(count, taken);
    }

    private static PumpLoop Open(GuestBench bench, out DriverBuffer[] request, bool consume = true, int batch = 64)
    {
        request = [bench.Heap.Allocate(16).ToDevice];
        PumpLoop loop = new(bench.Setup, new Echo(), new PumpOptions { Batch = batch }, new Doorbell());
        loop.Open();
        if (consume) { bench.Call.TryConsume(out _); }
        return loop;
    }

    private static void Serve(GuestBench bench, PumpLoop loop, DriverBuffer[] request, int count)
    {
        for (int i = 0; i < count; i++) { Assert.True(bench.Driver.TryAdd(request, 0)); }
        bench.Driver.Publish();
        while (loop.Pass()) { }
    }

    private static int Notifications(GuestBench bench) => bench.Call.TryConsume(out ulong count) ? (int)count : 0;
}

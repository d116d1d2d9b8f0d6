using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Fabric.Virtio.Tests.Bench;
using Stratos.Fabric.Virtio.Tests.Hostile;
using Stratos.Testing;

namespace Stratos.Fabric.Virtio.Tests.Pump;

/// <summary>What requests and failures cost in memory, mappings and descriptors.</summary>
[Collection("resources")]
[CollectionDefinition("resources", DisableParallelization = true)]
public sealed class PumpResourceTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void A_request_allocates_nothing(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind), size: 64);
        GuestBuffer buffer = bench.Heap.Allocate(64);
        DriverBuffer[] request = [buffer.Slice(0, 8).ToDevice, buffer.Slice(8, 8).ToDevice, buffer.Slice(16, 16).FromDevice];
        using Doorbell doorbell = new();
        TestDevice device = new(static chain => chain.Complete(16));
        PumpLoop loop = new(bench.Setup, device.CreateHandler(null!), new PumpOptions(), doorbell);
        loop.Open();
        Exchange(bench, loop, request, 500);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(bench, loop, request, 5000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Malformed_rings_leave_nothing_behind()
    {
        using GuestBench split = new(0);
        using GuestBench packed = new(VirtioFeatures.RingPacked);
        new RawRing(split).Avail(1, 99);
        new RawRing(packed).Packed(0, 0, 8, 0);
        FailMany(split, packed, 50);
        (int Descriptors, int Mappings, long Bytes) before = Held();
        FailMany(split, packed, CampaignSize.Of(1000, 5000));
        (int Descriptors, int Mappings, long Bytes) after = Held();
        Assert.Equal(before.Descriptors, after.Descriptors);
        Assert.InRange(after.Mappings, 0, before.Mappings + 16);
        Assert.InRange(after.Bytes, 0, before.Bytes + (1 << 20));
    }

    [Fact]
    public void Long_chains_do_not_make_every_chain_object_large()
    {
        const ushort size = 1024;
        using GuestBench bench = new(VirtioFeatures.IndirectDescriptors, size, memory: 1 << 22);
        RawRing ring = new(bench);
        ulong table = bench.Heap.Allocate(size * 16).Address;
        for (int i = 0; i < size; i++) { ring.Descriptor(table, i, ring.Data, 1, i < size - 1 ? RawRing.Next : 0, i + 1); }
        int[] heads = [.. Enumerable.Range(0, size)];
        foreach (int head in heads) { ring.Descriptor(head, table, size * 16, RawRing.Indirect); }
        ring.Avail(size, heads);
        int served = 0;
        using Doorbell doorbell = new();
        PumpLoop loop = new(bench.Setup, new TestDevice(chain => { served += chain.ReadableVectors.Length; chain.Complete(0); }).CreateHandler(null!), new PumpOptions(), doorbell);
        loop.Open();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        while (loop.Pass()) { }
        Assert.Equal(size * size, served);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, 4 << 20);
        GC.KeepAlive(loop);
    }

    private static void Exchange(GuestBench bench, PumpLoop loop, DriverBuffer[] request, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            for (int k = 0; k < 10 && bench.Driver.TryAdd(request, 0); k++) { }
            bench.Driver.Publish();
            loop.Pass();
            while (bench.Driver.TryTake(out _, out _)) { }
        }
    }

    private static void FailMany(GuestBench split, GuestBench packed, int count)
    {
        for (int i = 0; i < count; i++)
        {
            foreach (GuestBench bench in (GuestBench[])[split, packed])
            {
                PumpEnd? end = null;
                QueuePump pump = bench.Pump(new TestDevice(_ => { }), ended: found => end = found);
                pump.Start();
                WaitFor.Condition(() => Volatile.Read(ref end) is not null, "the end");
                pump.Stop(TimeSpan.FromSeconds(10));
                Assert.IsType<PumpEnd.RingFailed>(end);
                bench.Setup.Journal.Reset();
            }
        }
    }

    private static (int Descriptors, int Mappings, long Bytes) Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return (Directory.GetFiles("/proc/self/fd").Length, File.ReadAllLines("/proc/self/maps").Length, GC.GetTotalMemory(forceFullCollection: true));
    }
}

using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Tests.Bench;
using Stratos.Testing;

namespace Stratos.Fabric.Virtio.Tests.Memory;

/// <summary>Buffers that cross windows, and what is marked for a migration.</summary>
public sealed class SegmentTests
{
    private const ulong Page = 4096;

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void A_buffer_over_two_windows_becomes_two_segments(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind));
        ulong end = GuestBench.GuestAddress + bench.Mapping.Length;
        using MemoryFile more = MemoryFile.Create("more", Page);
        using Mapping second = more.Map(MemoryAccess.ReadWrite);
        GuestMemory memory = new([.. bench.Memory.Windows, new MemoryWindow(end, 0, second)]);
        (int Readable, int Writable, byte[] Bytes) seen = (0, 0, []);
        TestDevice device = new(chain =>
        {
            byte[] bytes = new byte[chain.ReadableLength];
            chain.CopyFrom(0, bytes);
            seen = (chain.ReadableVectors.Length, chain.WritableVectors.Length, bytes);
            chain.CopyTo(1, "abcdef"u8);
            chain.Complete(7);
        });
        "1234"u8.CopyTo(bench.At(end - 4, 4));
        "5678"u8.CopyTo(second.GetSpan(0, 4));
        QueuePump pump = bench.Pump(device, setup: bench.Setup with { Memory = memory });
        pump.Start();
        Assert.True(bench.Driver.TryAdd([new DriverBuffer(end - 4, 8, false), new DriverBuffer(end - 4, 8, true)], 1));
        bench.Publish();
        WaitFor.Condition(() => bench.Driver.TryTake(out _, out uint written) && written == 7, "the request");
        pump.Stop(TimeSpan.FromSeconds(10));
        Assert.Equal((2, 2, "12345678"), (seen.Readable, seen.Writable, System.Text.Encoding.ASCII.GetString(seen.Bytes)));
        Assert.Equal("1abcdef8", System.Text.Encoding.ASCII.GetString([.. bench.At(end - 4, 4), .. second.GetSpan(0, 4)]));
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void All_that_the_device_may_write_is_marked_dirty_and_nothing_else(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind));
        using MemoryFile file = MemoryFile.Create("log", 1 << 16);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        DirtyLog log = new(mapping);
        GuestBuffer quiet = bench.Heap.Allocate(4096, 4096);
        GuestBuffer written = bench.Heap.Allocate(3 * 4096, 4096);
        const ulong usedAlias = 0x7000_1000;
        // The guest lies above what the log covers; the log sees it from the first page on.
        GuestMemory memory = new([new MemoryWindow(GuestBench.GuestAddress, 0, bench.Mapping)]);
        QueuePump pump = bench.Pump(new TestDevice(chain => chain.Complete(1)), setup: bench.Setup with { Memory = memory, DirtyLog = log, UsedRingLogAddress = usedAlias });
        pump.Start();
        Assert.True(bench.Driver.TryAdd([quiet.ToDevice, written.Slice(4095, 4098).FromDevice], 1));
        bench.Publish();
        WaitFor.Condition(() => bench.Driver.TryTake(out _, out _), "the request");
        pump.Stop(TimeSpan.FromSeconds(10));
        Assert.False(log.IsMarked(quiet.Address));
        foreach (ulong offset in (ulong[])[0, 4096, 8192]) { Assert.True(log.IsMarked(written.Address + offset)); }
        Assert.Equal(!bench.IsPacked, log.IsMarked(usedAlias));
        Assert.Equal(bench.IsPacked, log.IsMarked(bench.Setup.Addresses.Descriptors) && !log.IsMarked(usedAlias));
    }
}

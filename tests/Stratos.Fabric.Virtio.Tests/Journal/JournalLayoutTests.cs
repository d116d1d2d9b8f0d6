using System.Buffers.Binary;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Fabric.Virtio.Tests.Bench;

namespace Stratos.Fabric.Virtio.Tests.Journal;

/// <summary>The in-flight regions byte by byte, as another backend would read them (vhost-user, "Inflight I/O tracking").</summary>
public sealed class JournalLayoutTests
{
    private sealed class Holding : Contract.QueueHandler
    {
        public List<DescriptorChain> Chains { get; } = [];
        public override void Handle(DescriptorChain chain) => Chains.Add(chain);
    }

    [Theory]
    [InlineData(1, 256, false, 16 + (256 * 16) + 48 + (256 * 8))]
    [InlineData(1, 256, true, 32 + (256 * 32) + 32 + (256 * 8))]
    [InlineData(2, 4, false, 2 * (128 + 64))]
    public void Lengths_are_regions_and_phase_words_in_cache_lines(int queues, int size, bool packed, ulong expected) =>
        Assert.Equal(expected, JournalFile.RequiredLength(queues, (ushort)size, packed));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1025, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 32769)]
    public void Sizes_out_of_range_are_refused(int queues, int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => JournalFile.RequiredLength(queues, (ushort)size, packed: false));

    [Fact]
    public void A_mapping_that_is_too_short_is_refused_with_the_numbers()
    {
        using MemoryFile file = MemoryFile.Create("journal", 100);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => JournalFile.Open(mapping, 1, 64, packed: true));
        Assert.Contains("needs 2112 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_without_room_for_phases_is_used_without_them()
    {
        using MemoryFile file = MemoryFile.Create("journal", 64 + 1024);
        using JournalFile journal = JournalFile.Open(file.Map(MemoryAccess.ReadWrite), 1, 64, packed: false);
        Assert.False(journal.Queue(0).HasPhases);
    }

    [Fact]
    public void Split_region_has_the_specified_fields()
    {
        using GuestBench bench = new(0, size: 8);
        Span<byte> region = bench.Journals.Mapping.GetSpan(0, 128 + 16);
        Holding handler = Fetch(bench, count: 2, out PumpLoop loop);
        Assert.Equal((0UL, 1, 8), (Read64(region, 0), Read16(region, 8), Read16(region, 10)));
        Assert.Equal(0, Read16(region, 14));
        foreach (DescriptorChain chain in handler.Chains)
        {
            Span<byte> entry = region.Slice(16 + (chain.Id * 16), 16);
            Assert.Equal((1, chain.Sequence), (entry[0], Read64(entry, 8)));
        }
        DescriptorChain done = handler.Chains[1];
        done.Complete(0);
        loop.Pass();
        Assert.Equal(0, region[16 + (done.Id * 16)]);
        Assert.Equal((done.Id, 1), (Read16(region, 12), Read16(region, 14)));
    }

    [Fact]
    public void Packed_region_has_the_specified_fields()
    {
        using GuestBench bench = new(VirtioFeatures.RingPacked, size: 8);
        Span<byte> region = bench.Journals.Mapping.GetSpan(0, 32 + (8 * 32));
        Holding handler = Fetch(bench, count: 2, out PumpLoop loop);
        Assert.Equal((0UL, 1, 8), (Read64(region, 0), Read16(region, 8), Read16(region, 10)));
        Assert.Equal((4, 4), (Read16(region, 12), Read16(region, 14)));
        Span<byte> head = region.Slice(32 + (2 * 32), 32);
        Assert.Equal((1, 3, 2, handler.Chains[1].Sequence), (head[0], Read16(head, 4), Read16(head, 6), Read64(head, 8)));
        Span<byte> last = region.Slice(32 + (3 * 32), 32);
        Span<byte> slot = bench.At(bench.Setup.Addresses.Descriptors + (3 * 16), 16);
        Assert.Equal((Read16(slot, 12), Read16(slot, 14)), (Read16(last, 16), Read16(last, 18)));
        Assert.Equal((BinaryPrimitives.ReadUInt32LittleEndian(slot[8..]), Read64(slot, 0)), (BinaryPrimitives.ReadUInt32LittleEndian(last[20..]), Read64(last, 24)));
        handler.Chains[1].Complete(0);
        loop.Pass();
        Assert.Equal((2, 2), (Read16(region, 12), Read16(region, 14)));
        Assert.Equal((2, 2), (Read16(region, 16), Read16(region, 18)));
        Assert.Equal((1, 1, 0), (region[20], region[21], head[0]));
    }

    [Fact]
    public void Phase_words_follow_all_regions()
    {
        using GuestBench bench = new(0, size: 8);
        Holding handler = Fetch(bench, count: 1, out _);
        DescriptorChain chain = handler.Chains[0];
        Span<byte> word = bench.Journals.Mapping.GetSpan(192 + ((ulong)chain.Id * 8), 8);
        Assert.Equal(PhaseWord.Of(chain.Sequence, RequestPhase.Fetched, 0), Read64(word, 0));
        chain.MarkStarted();
        Assert.Equal(PhaseWord.Of(chain.Sequence, RequestPhase.Started, 0), Read64(word, 0));
        chain.Complete(5);
        Assert.Equal(PhaseWord.Of(chain.Sequence, RequestPhase.Finished, 5), Read64(word, 0));
    }

    [Fact]
    public void Sequences_grow_over_stops_and_resets()
    {
        using GuestBench bench = new(0, size: 8);
        ulong last = 0;
        for (int round = 0; round < 4; round++)
        {
            Holding handler = Fetch(bench, count: 2, out PumpLoop loop);
            Assert.Equal(last + 1, handler.Chains[0].Sequence);
            last = handler.Chains[1].Sequence;
            foreach (DescriptorChain chain in handler.Chains) { chain.Complete(0); }
            loop.BeginDrain();
            loop.Pass();
            bench.Setup = bench.Setup with { State = loop.Close() };
            while (bench.Driver.TryTake(out _, out _)) { Assert.False(bench.Setup.Journal.IsInitialised); }
        }
    }

    private static Holding Fetch(GuestBench bench, int count, out PumpLoop loop)
    {
        GuestBuffer buffer = bench.Heap.Allocate(64);
        for (int i = 0; i < count; i++) { Assert.True(bench.Driver.TryAdd([buffer.Slice(0, 8).ToDevice, buffer.Slice(8, 8).FromDevice], (ulong)i)); }
        bench.Driver.Publish();
        Holding handler = new();
        // The doorbell's descriptor is closed by its finalizer; these loops have no end of their own.
        loop = new PumpLoop(bench.Setup, handler, new PumpOptions(), new Doorbell());
        loop.Open();
        loop.Pass();
        Assert.Equal(count, handler.Chains.Count);
        return handler;
    }

    private static ushort Read16(Span<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
    private static ulong Read64(Span<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}

using System.Buffers.Binary;
using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Block;

/// <summary>Features and configuration space (virtio 1.4, sections 5.2.3 to 5.2.5).</summary>
public sealed class BlockConfigurationTests
{
    [Fact]
    public void States_capacity_sizes_queues_and_limits()
    {
        using DeviceBench bench = new(BlockDevice.Create(new() { Memory = 1 << 20, BlockSize = 1024, Queues = 4 }));
        byte[] space = bench.ReadConfig(0, BlockConfiguration.Length);
        Assert.Equal(2048ul, BinaryPrimitives.ReadUInt64LittleEndian(space));
        Assert.Equal(BlockLimits.MaxSegments, BinaryPrimitives.ReadUInt32LittleEndian(space.AsSpan(12)));
        Assert.Equal(1024u, BinaryPrimitives.ReadUInt32LittleEndian(space.AsSpan(20)));
        Assert.Equal(2, space[24]);
        Assert.Equal(4, BinaryPrimitives.ReadUInt16LittleEndian(space.AsSpan(26)));
        Assert.Equal(4, BinaryPrimitives.ReadUInt16LittleEndian(space.AsSpan(34)));
        Assert.Equal(BlockLimits.MaxRangeSectors, BinaryPrimitives.ReadUInt32LittleEndian(space.AsSpan(36)));
        Assert.Equal((uint)BlockLimits.MaxRanges, BinaryPrimitives.ReadUInt32LittleEndian(space.AsSpan(40)));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(space.AsSpan(44)));
        Assert.Equal(BlockLimits.MaxRangeSectors, BinaryPrimitives.ReadUInt32LittleEndian(space.AsSpan(48)));
        Assert.Equal((uint)BlockLimits.MaxRanges, BinaryPrimitives.ReadUInt32LittleEndian(space.AsSpan(52)));
        Assert.Equal(1, space[56]);
    }

    [Fact]
    public void Padding_and_fields_of_features_that_are_not_offered_are_zero()
    {
        using DeviceBench bench = new(BlockDevice.Create(new() { Memory = 1 << 20 }));
        byte[] space = bench.ReadConfig(0, BlockConfiguration.Length);
        Assert.False(space.AsSpan(8, 4).ContainsAnyExcept((byte)0), "size_max");
        Assert.False(space.AsSpan(16, 4).ContainsAnyExcept((byte)0), "geometry");
        Assert.False(space.AsSpan(32, 2).ContainsAnyExcept((byte)0), "writeback, unused0");
        Assert.False(space.AsSpan(57).ContainsAnyExcept((byte)0), "unused1, secure erase, zoned");
    }

    [Fact]
    public void Offers_what_it_does_and_nothing_else()
    {
        BlockDevice plain = BlockDevice.Create(new() { Null = 1 << 20 });
        Assert.Equal(
            BlockFeatures.SegMax | BlockFeatures.BlockSize | BlockFeatures.Topology | BlockFeatures.Flush | BlockFeatures.Discard | BlockFeatures.WriteZeroes,
            plain.Features);
        Assert.Equal(BlockFeatures.MultiQueue, BlockDevice.Create(new() { Null = 1 << 20, Queues = 2 }).Features & BlockFeatures.MultiQueue);
    }

    [Fact]
    public void May_unmap_is_clear_if_and_only_if_nothing_can_be_deallocated()
    {
        using DeviceBench bench = new(new BlockDevice(new FaultyStore(1 << 20) { CanDeallocate = false }, new()));
        Assert.Equal(0, bench.ReadConfig(56, 1)[0]);
    }

    [Fact]
    public void A_read_only_disk_says_so_and_fails_every_write()
    {
        using TemporaryImage image = new(1 << 20);
        using DeviceBench bench = new(BlockDevice.Create(new() { File = image.Path, ReadOnly = true }));
        BlockGuest guest = new(bench);
        Assert.Equal(BlockFeatures.ReadOnly, bench.World.Description.Features & (BlockFeatures.ReadOnly | BlockFeatures.Discard | BlockFeatures.WriteZeroes));
        Assert.Equal(BlockGuest.IoError, guest.Write(0, bench.Buffer(BlockGuest.Pattern(512, 1))));
        Assert.Equal(BlockGuest.IoError, guest.Ranges(11, (0, 1, 0)));
        Assert.Equal(BlockGuest.IoError, guest.Ranges(13, (0, 1, 0)));
        Assert.Equal(BlockGuest.Ok, guest.Read(0, bench.Buffer(512)));
        Assert.Equal(BlockGuest.Ok, guest.Flush());
        Assert.DoesNotContain(File.ReadAllBytes(image.Path), static value => value != 0);
    }

    [Fact]
    public void A_file_that_grows_is_announced_and_can_be_used()
    {
        using TemporaryImage image = new(1 << 20);
        BlockDevice device = BlockDevice.Create(new() { File = image.Path });
        using DeviceBench bench = new(device);
        BlockGuest guest = new(bench);
        Assert.Equal(BlockGuest.IoError, guest.Read(2048, bench.Buffer(512)));
        using (FileStream file = File.OpenWrite(image.Path)) { file.SetLength(2 << 20); }
        device.Resize();
        Assert.Equal(1, bench.ConfigChanges);
        Assert.Equal(4096ul, BinaryPrimitives.ReadUInt64LittleEndian(bench.ReadConfig(0, 8)));
        Assert.Equal(BlockGuest.Ok, guest.Read(2048, bench.Buffer(512)));
        device.Resize();
        Assert.Equal(1, bench.ConfigChanges);
    }

    [Fact]
    public void A_file_that_grows_is_noticed_without_being_told()
    {
        using TemporaryImage image = new(1 << 20);
        BlockDevice device = BlockDevice.Create(new() { File = image.Path });
        using DeviceBench bench = new(device);
        using (FileStream file = File.OpenWrite(image.Path)) { file.SetLength(2 << 20); }
        WaitFor.Condition(() => bench.ConfigChanges == 1, "the announcement of the new size");
        Assert.Equal(2ul << 20, device.Capacity);
    }

    [Fact]
    public void The_capacity_is_a_whole_number_of_blocks()
    {
        using TemporaryImage image = new((1 << 20) + 1000);
        using DeviceBench bench = new(BlockDevice.Create(new() { File = image.Path, BlockSize = 4096 }));
        Assert.Equal(2048ul, BinaryPrimitives.ReadUInt64LittleEndian(bench.ReadConfig(0, 8)));
    }

    public static TheoryData<BlockOptions, string> BadOptions => new()
    {
        { new(), "exactly one" },
        { new() { File = "a", Memory = 512 }, "exactly one" },
        { new() { File = "" }, "file:" },
        { new() { Memory = 100 }, "memory:" },
        { new() { Null = 0 }, "null:" },
        { new() { Memory = 512, Direct = true }, "direct:" },
        { new() { Memory = 512, ReadOnly = true }, "read-only:" },
        { new() { Memory = 512, Serial = new string('x', 21) }, "serial:" },
        { new() { Memory = 512, Serial = "\u00e9" }, "serial:" },
        { new() { Memory = 65536, BlockSize = 1000 }, "block-size:" },
        { new() { Memory = 1 << 20, BlockSize = 1 << 17 }, "block-size:" },
        { new() { Memory = 512, Queues = 0 }, "queues:" },
        { new() { Memory = 512, Queues = 65 }, "queues:" },
        { new() { Memory = 512, QueueSize = 100 }, "queue-size:" },
        { new() { Memory = 512, QueueSize = 2048 }, "queue-size:" },
        { new() { Memory = 512, Threads = 0 }, "threads:" },
        { new() { File = "/nowhere/at/all" }, "file:" },
        { new() { File = "/dev/null" }, "file:" },
        { new() { File = "/tmp" }, "file:" },
    };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public void Options_that_cannot_be_used_are_refused_by_name(BlockOptions options, string named) =>
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => BlockDevice.Create(options)).Message, StringComparison.Ordinal);
}

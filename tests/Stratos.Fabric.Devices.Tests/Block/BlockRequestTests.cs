using System.Text;
using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.Block;

/// <summary>What the device does for a driver that keeps the rules (virtio 1.4, section 5.2.6).</summary>
public sealed class BlockRequestTests : IDisposable
{
    private const int Size = 1 << 20;

    private readonly TemporaryImage _image = new(Size);

    public static TheoryData<string, ulong> Stores()
    {
        TheoryData<string, ulong> data = [];
        foreach (string store in new[] { "file", "direct", "memory" })
        {
            foreach (ulong features in new[] { GuestWorld.Split, GuestWorld.Packed }) { data.Add(store, features); }
        }
        return data;
    }

    public void Dispose() => _image.Dispose();

    [Theory]
    [MemberData(nameof(Stores))]
    public void Reads_what_was_written(string store, ulong features)
    {
        using DeviceBench bench = Bench(store, features);
        BlockGuest guest = new(bench);
        byte[] pattern = BlockGuest.Pattern(4096, 3);
        GuestBuffer read = bench.World.Heap.Allocate(4096, 4096);
        Assert.Equal(BlockGuest.Ok, guest.Write(40, bench.Buffer(pattern)));
        Assert.Equal(1u, guest.Written);
        Assert.Equal(BlockGuest.Ok, guest.Read(40, read));
        Assert.Equal(4097u, guest.Written);
        Assert.Equal(pattern, read.Span.ToArray());
        Assert.Equal(BlockGuest.Ok, guest.Flush());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Finds_header_data_and_status_whatever_the_framing(string store, ulong features)
    {
        using DeviceBench bench = Bench(store, features);
        BlockGuest guest = new(bench);
        byte[] pattern = BlockGuest.Pattern(1024, 9);
        // Header and data in one element; header in pieces; data in odd pieces; status in the data's last element.
        GuestBuffer all = bench.Buffer([.. guest.Header(1, 7).Span, .. pattern]);
        Assert.Equal(BlockGuest.Ok, guest.Do(0, all.ToDevice));
        GuestBuffer header = guest.Header(0, 7);
        GuestBuffer head = bench.Buffer(3);
        GuestBuffer tail = bench.Buffer(1022);
        tail.Span.Fill(BlockGuest.Untouched);
        uint written = bench.Do(0, header.Slice(0, 5).ToDevice, header.Slice(5, 11).ToDevice, head.FromDevice, tail.FromDevice);
        Assert.Equal(1025u, written);
        Assert.Equal(BlockGuest.Ok, tail.Span[^1]);
        Assert.Equal(pattern, (byte[])[.. head.Span, .. tail.Span[..^1]]);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Zeroes_are_read_after_write_zeroes_with_and_without_unmap(string store, ulong features)
    {
        using DeviceBench bench = Bench(store, features);
        BlockGuest guest = new(bench);
        GuestBuffer data = bench.Buffer(BlockGuest.Pattern(8192, 1));
        foreach (uint unmap in new uint[] { 0, 1 })
        {
            Assert.Equal(BlockGuest.Ok, guest.Write(0, data));
            Assert.Equal(BlockGuest.Ok, guest.Ranges(13, (1, 2, unmap), (8, 8, unmap)));
            GuestBuffer read = bench.Buffer(8192);
            Assert.Equal(BlockGuest.Ok, guest.Read(0, read));
            byte[] expected = data.Span.ToArray();
            expected.AsSpan(512, 1024).Clear();
            expected.AsSpan(4096, 4096).Clear();
            Assert.Equal(expected, read.Span.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Discard_leaves_the_rest_alone(string store, ulong features)
    {
        using DeviceBench bench = Bench(store, features);
        BlockGuest guest = new(bench);
        byte[] pattern = BlockGuest.Pattern(12288, 5);
        Assert.Equal(BlockGuest.Ok, guest.Write(0, bench.Buffer(pattern)));
        Assert.Equal(BlockGuest.Ok, guest.Ranges(11, (8, 8, 0)));
        GuestBuffer read = bench.Buffer(12288);
        Assert.Equal(BlockGuest.Ok, guest.Read(0, read));
        Assert.Equal(pattern[..4096], read.Span[..4096].ToArray());
        Assert.Equal(pattern[8192..], read.Span[8192..].ToArray());
    }

    [Fact]
    public void The_serial_is_padded_and_may_fill_all_twenty_bytes()
    {
        foreach (string serial in new[] { "", "disk-7", "12345678901234567890" })
        {
            using DeviceBench bench = new(BlockDevice.Create(new() { Memory = Size, Serial = serial }));
            BlockGuest guest = new(bench);
            GuestBuffer data = bench.Buffer(20);
            data.Span.Fill(1);
            Assert.Equal(BlockGuest.Ok, guest.Do(0, guest.Header(8, 0).ToDevice, data.FromDevice));
            Assert.Equal(21u, guest.Written);
            Assert.Equal(Encoding.ASCII.GetBytes(serial.PadRight(20, '\0')), data.Span.ToArray());
        }
    }

    [Fact]
    public void Every_queue_serves_the_same_disk()
    {
        using DeviceBench bench = new(BlockDevice.Create(new() { File = _image.Path, Queues = 4 }));
        BlockGuest guest = new(bench);
        for (int queue = 0; queue < 4; queue++)
        {
            byte[] pattern = BlockGuest.Pattern(512, (byte)queue);
            Assert.Equal(BlockGuest.Ok, guest.Write((ulong)queue, bench.Buffer(pattern), queue));
            GuestBuffer read = bench.Buffer(512);
            Assert.Equal(BlockGuest.Ok, guest.Read((ulong)queue, read, 3 - queue));
            Assert.Equal(pattern, read.Span.ToArray());
        }
    }

    [Fact]
    public void Many_requests_in_flight_keep_their_data_apart()
    {
        using DeviceBench bench = new(BlockDevice.Create(new() { File = _image.Path, Threads = 3 }), queueSize: 64);
        BlockGuest guest = new(bench);
        for (int round = 0; round < 20; round++)
        {
            (ulong Cookie, GuestBuffer Status, GuestBuffer Data, byte[] Pattern)[] writes = [.. Enumerable.Range(0, 16).Select(i =>
            {
                byte[] pattern = BlockGuest.Pattern(1024, (byte)(i + round));
                GuestBuffer status = guest.StatusByte();
                GuestBuffer data = bench.Buffer(pattern);
                return (bench.Post(0, guest.Header(1, (ulong)i * 2).ToDevice, data.ToDevice, status.FromDevice), status, data, pattern);
            })];
            foreach ((ulong cookie, GuestBuffer status, _, _) in writes)
            {
                bench.Await(0, cookie);
                Assert.Equal(BlockGuest.Ok, status.Span[0]);
            }
            GuestBuffer read = bench.Buffer(16 * 1024);
            Assert.Equal(BlockGuest.Ok, guest.Read(0, read));
            Assert.Equal(writes.SelectMany(static write => write.Pattern).ToArray(), read.Span.ToArray());
        }
    }

    [Fact]
    public void Without_the_flush_command_a_write_is_stable_when_it_is_completed()
    {
        FaultyStore store = new(Size);
        BlockDevice device = new(store, new() { Memory = Size });
        using (GuestWorld world = new(device, GuestWorld.Split))
        using (DeviceBench bench = new(device, world))
        {
            BlockGuest guest = new(bench);
            Assert.Equal(BlockGuest.Ok, guest.Write(0, bench.Buffer(512)));
            Assert.Equal(1, store.Flushes);
            Assert.Equal(BlockGuest.Ok, guest.Ranges(13, (0, 1, 0)));
            Assert.Equal(2, store.Flushes);
        }
        Assert.True(store.IsDisposed);
    }

    [Fact]
    public void With_the_flush_command_only_a_flush_makes_writes_stable()
    {
        FaultyStore store = new(Size);
        using DeviceBench bench = new(new BlockDevice(store, new() { Memory = Size }));
        BlockGuest guest = new(bench);
        Assert.Equal(BlockGuest.Ok, guest.Write(0, bench.Buffer(512)));
        Assert.Equal(0, store.Flushes);
        Assert.Equal(BlockGuest.Ok, guest.Flush());
        Assert.Equal(1, store.Flushes);
        store.Answer = Errno.EIO;
        Assert.Equal(BlockGuest.IoError, guest.Flush());
    }

    [Fact]
    public void What_needs_no_waiting_is_done_at_once_and_the_rest_by_the_threads()
    {
        FaultyStore store = new(Size) { AtOnce = Errno.None };
        using DeviceBench bench = new(new BlockDevice(store, new() { Memory = Size }));
        BlockGuest guest = new(bench);
        byte[] pattern = BlockGuest.Pattern(512, 8);
        GuestBuffer read = bench.Buffer(512);
        Assert.Equal(BlockGuest.Ok, guest.Write(3, bench.Buffer(pattern)));
        Assert.Equal(BlockGuest.Ok, guest.Read(3, read));
        Assert.Equal(pattern, read.Span);
        Assert.Equal((2, 0), (store.Attempts, store.Writes));
        store.AtOnce = Errno.EAGAIN;
        Assert.Equal(BlockGuest.Ok, guest.Write(3, bench.Buffer(pattern)));
        Assert.Equal((3, 1), (store.Attempts, store.Writes));
        store.AtOnce = Errno.EIO;
        Assert.Equal(BlockGuest.IoError, guest.Read(3, read));
        Assert.False(read.Span.ContainsAnyExcept((byte)0));
        store.AtOnce = Errno.None;
        Assert.Equal(BlockGuest.Ok, guest.Write(0, bench.Buffer(128 * 1024)));
        Assert.Equal((4, 2), (store.Attempts, store.Writes));
    }

    private DeviceBench Bench(string store, ulong features) => new(
        BlockDevice.Create(store == "memory"
            ? new() { Memory = Size }
            : new() { File = _image.Path, Direct = store == "direct", BlockSize = store == "direct" ? 4096u : 512 }),
        features);
}

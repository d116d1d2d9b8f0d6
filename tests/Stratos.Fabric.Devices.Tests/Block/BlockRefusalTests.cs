using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.Block;

/// <summary>Every rule for drivers that can be broken from a request is broken (virtio 1.4, section 5.2.6.1), and every host error comes out.</summary>
public sealed class BlockRefusalTests : IDisposable
{
    private const ulong Sectors = 256;

    private readonly FaultyStore _store = new(Sectors * 512);
    private readonly DeviceBench _bench;
    private readonly BlockGuest _guest;

    public BlockRefusalTests()
    {
        _bench = new(new BlockDevice(_store, new() { Memory = Sectors * 512 }), queueSize: 64);
        _guest = new(_bench);
    }

    public void Dispose()
    {
        AssertAlive();
        Assert.Empty(_bench.Port.Ends);
        _bench.Dispose();
    }

    [Theory]
    [InlineData(Sectors, 512)]
    [InlineData(Sectors - 1, 1024)]
    [InlineData(ulong.MaxValue, 512)]
    [InlineData(ulong.MaxValue >> 9, 512)]
    [InlineData((ulong.MaxValue >> 9) + 1, 512)]
    public void Beyond_the_capacity(ulong sector, int length)
    {
        Assert.Equal(BlockGuest.IoError, _guest.Read(sector, _bench.Buffer(length)));
        Assert.Equal(BlockGuest.IoError, _guest.Write(sector, _bench.Buffer(length)));
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void Up_to_the_capacity_is_allowed()
    {
        Assert.Equal(BlockGuest.Ok, _guest.Read(Sectors - 2, _bench.Buffer(1024)));
        Assert.Equal(BlockGuest.Ok, _guest.Do(0, _guest.Header(0, Sectors).ToDevice));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(513)]
    public void Data_that_is_not_a_multiple_of_512_bytes(int length)
    {
        Assert.Equal(BlockGuest.IoError, _guest.Read(0, _bench.Buffer(length)));
        Assert.Equal(BlockGuest.IoError, _guest.Write(0, _bench.Buffer(length)));
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void A_failed_read_clears_what_it_reports_as_written()
    {
        GuestBuffer data = _bench.Buffer(100 * 1024);
        data.Span.Fill(0x55);
        Assert.Equal(BlockGuest.IoError, _guest.Read(Sectors, data));
        Assert.Equal(100u * 1024 + 1, _guest.Written);
        Assert.False(data.Span.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_header_that_is_too_short()
    {
        Assert.Equal(BlockGuest.IoError, _guest.Do(0, _bench.Buffer(15).ToDevice));
        Assert.Equal(BlockGuest.IoError, _guest.Do(0));
    }

    [Fact]
    public void No_room_for_the_status_byte()
    {
        Assert.Equal(0u, _bench.Do(0, _guest.Header(1, 0).ToDevice, _bench.Buffer(512).ToDevice));
        Assert.Equal(0, _store.Writes);
        Assert.Contains("status byte", Assert.Single(_bench.Port.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    [InlineData(5u)]
    [InlineData(10u)]
    [InlineData(14u)]
    [InlineData(15u)]
    [InlineData(16u)]
    [InlineData(18u)]
    [InlineData(20u)]
    [InlineData(22u)]
    [InlineData(24u)]
    [InlineData(26u)]
    [InlineData(0x80000000u)]
    [InlineData(uint.MaxValue)]
    public void Types_that_were_not_offered(uint type) =>
        Assert.Equal(BlockGuest.Unsupported, _guest.Do(0, _guest.Header(type, 0).ToDevice, _bench.Buffer(512).FromDevice));

    [Theory]
    [InlineData(11u, 1u)]
    [InlineData(11u, 2u)]
    [InlineData(13u, 2u)]
    [InlineData(13u, 0x80000001u)]
    public void Flags_that_a_range_must_not_have(uint type, uint flags)
    {
        Assert.Equal(BlockGuest.Unsupported, _guest.Ranges(type, (0, 1, flags)));
        Assert.Equal(BlockGuest.Unsupported, _guest.Ranges(type, (0, 1, 0), (0, 1, flags)));
    }

    [Theory]
    [InlineData(11u)]
    [InlineData(13u)]
    public void Ranges_beyond_the_capacity_or_the_limits(uint type)
    {
        Assert.Equal(BlockGuest.IoError, _guest.Ranges(type, (Sectors, 1, 0)));
        Assert.Equal(BlockGuest.IoError, _guest.Ranges(type, (Sectors - 1, 2, 0)));
        Assert.Equal(BlockGuest.IoError, _guest.Ranges(type, (ulong.MaxValue, uint.MaxValue, 0)));
        Assert.Equal(BlockGuest.IoError, _guest.Ranges(type, (0, uint.MaxValue, 0)));
        Assert.Equal(BlockGuest.IoError, _guest.Ranges(type, [.. Enumerable.Repeat((0UL, 1u, 0u), BlockLimits.MaxRanges + 1)]));
        Assert.Equal(BlockGuest.Ok, _guest.Ranges(type, [.. Enumerable.Repeat((0UL, 1u, 0u), BlockLimits.MaxRanges)]));
        Assert.Equal(BlockGuest.Ok, _guest.Ranges(type, (Sectors, 0, 0)));
    }

    [Theory]
    [InlineData(11u)]
    [InlineData(13u)]
    public void Ranges_of_a_wrong_length(uint type)
    {
        Assert.Equal(BlockGuest.IoError, _guest.Do(0, _guest.Header(type, 0).ToDevice));
        Assert.Equal(BlockGuest.IoError, _guest.Do(0, _guest.Header(type, 0).ToDevice, _bench.Buffer(15).ToDevice));
        Assert.Equal(BlockGuest.IoError, _guest.Do(0, _guest.Header(type, 0).ToDevice, _bench.Buffer(17).ToDevice));
    }

    [Fact]
    public void A_device_id_buffer_that_is_too_short() =>
        Assert.Equal(BlockGuest.IoError, _guest.Do(0, _guest.Header(8, 0).ToDevice, _bench.Buffer(19).FromDevice));

    [Fact]
    public void A_flush_with_data_and_a_sector_is_a_flush()
    {
        Assert.Equal(BlockGuest.Ok, _guest.Do(0, _guest.Header(4, 99).ToDevice, _bench.Buffer(512).ToDevice));
        Assert.Equal(1, _store.Flushes);
    }

    [Theory]
    [InlineData(Errno.EIO, BlockGuest.IoError)]
    [InlineData(Errno.ENOSPC, BlockGuest.IoError)]
    [InlineData(Errno.EOPNOTSUPP, BlockGuest.Unsupported)]
    public void Errors_of_the_store(Errno error, byte status)
    {
        _store.Answer = error;
        Assert.Equal(status, _guest.Read(0, _bench.Buffer(512)));
        Assert.Equal(status, _guest.Write(0, _bench.Buffer(512)));
        Assert.Equal(status, _guest.Flush());
        Assert.Equal(status, _guest.Ranges(11, (0, 1, 0)));
        Assert.Equal(status, _guest.Ranges(13, (0, 1, 0)));
        _store.Answer = Errno.None;
    }

    [Fact]
    public void A_store_that_breaks_fails_the_request_and_not_the_process()
    {
        _store.Throws = true;
        Assert.Equal(BlockGuest.IoError, _guest.Read(0, _bench.Buffer(512)));
        _store.Throws = false;
        Assert.Contains("the store broke", Assert.Single(_bench.Port.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_cut_under_the_device()
    {
        using TemporaryImage image = new(8192);
        using DeviceBench bench = new(BlockDevice.Create(new() { File = image.Path }));
        BlockGuest guest = new(bench);
        using (FileStream file = File.OpenWrite(image.Path)) { file.SetLength(4096); }
        Assert.Equal(BlockGuest.Ok, guest.Read(0, bench.Buffer(4096)));
        Assert.Equal(BlockGuest.IoError, guest.Read(8, bench.Buffer(4096)));
    }

    private void AssertAlive() => Assert.Equal(BlockGuest.Ok, _guest.Read(0, _bench.Buffer(512)));
}

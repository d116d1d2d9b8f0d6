using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Store;
using Stratos.Fabric.Linux;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>Requests that get an error: the result that the specification has for it, a MAC where there is a key, and no effect.</summary>
public sealed class RpmbRefusalTests
{
    [Fact]
    [Proves("rpmb", "VIRTIO_RPMB_RES_NO_AUTH_KEY", "5.12.6.1")]
    public void Without_a_key_nothing_can_be_done()
    {
        using RpmbBench bench = new(programmed: false);
        Answer write = bench.Ask([.. Frames.Write(0, 1, 0, 1), .. Frames.ResultRead()]);
        Assert.Equal((RpmbRequestType.DataWrite, RpmbResult.NoAuthKey), (write.To, write.Result));
        Assert.False(write.KeyMac.AsSpan().ContainsAnyExcept((byte)0));
        Assert.Equal(RpmbResult.NoAuthKey, bench.Ask(Frames.Read(0, 1)).Result);
        Assert.Equal(RpmbResult.NoAuthKey, bench.Ask(Frames.Counter()).Result);
        Assert.Equal(RpmbResult.NoAuthKey, bench.Ask(Frames.Counter(blocks: 3)).Result);
    }

    [Fact]
    [Proves("rpmb", "The key is one-time programmable; it cannot be overwritten, erased or read", "5.12.6.2")]
    [Proves("rpmb", "VIRTIO_RPMB_RES_WRITE_FAILURE: programming of the key fails", "5.12.6.1.1")]
    public void A_second_key_is_refused_and_the_first_stays()
    {
        using RpmbBench bench = new();
        Answer second = bench.Ask([.. Frames.ProgramKey(new byte[32]), .. Frames.ResultRead()]);
        Assert.Equal((RpmbRequestType.ProgramKey, RpmbResult.WriteFailure), (second.To, second.Result));
        Assert.Equal(RpmbResult.WriteFailure, bench.Ask([.. Frames.ProgramKey(), .. Frames.ResultRead()]).Result);
        Assert.Equal(RpmbResult.Ok, bench.Ask([.. Frames.Write(0, 1, 0, 1), .. Frames.ResultRead()]).Result);
        foreach (Answer answer in new[] { second, bench.Ask(Frames.Counter()), bench.Ask(Frames.Read(0, 1)) })
        {
            Assert.True(answer.IsSigned);
            Assert.Equal(-1, answer.Bytes.AsSpan().IndexOf(Frames.Key));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(65535)]
    [Proves("rpmb", "If the block_count is not set to 1 then VIRTIO_RPMB_RES_GENERAL_FAILURE", "5.12.6.1.1")]
    [Proves("rpmb", "If block count has not been set to 1 then VIRTIO_RPMB_RES_GENERAL_FAILURE", "5.12.6.1.2")]
    [Proves("rpmb", "Result read: block_count not 1 is VIRTIO_RPMB_RES_GENERAL_FAILURE", "5.12.6.1.5")]
    public void A_block_count_that_is_not_one_is_refused(ushort blocks)
    {
        using RpmbBench bench = new(programmed: false);
        Assert.Equal(RpmbResult.GeneralFailure, bench.Ask([.. Frames.ProgramKey(blocks: blocks), .. Frames.ResultRead()]).Result);
        Assert.Equal(RpmbResult.GeneralFailure, bench.Ask([.. Frames.ProgramKey(), .. Frames.ResultRead(blocks)]).Result);
        Assert.Equal(RpmbResult.NoAuthKey, bench.Ask(Frames.Counter()).Result);
        Assert.Equal(RpmbResult.Ok, bench.Ask([.. Frames.ProgramKey(), .. Frames.ResultRead()]).Result);
        Assert.Equal(RpmbResult.GeneralFailure, bench.Ask(Frames.Counter(blocks)).Result);
        Assert.Equal(RpmbResult.GeneralFailure, bench.Ask(Frames.ResultRead(blocks)).Result);
        Assert.Equal(RpmbResult.GeneralFailure, bench.Ask([.. Frames.Write(0, 1, 0, 1), .. Frames.ResultRead(blocks)]).Result);
        Assert.Equal(0u, bench.Ask(Frames.Counter()).Counter);
    }

    public static TheoryData<string, byte[], RpmbResult> Writes => new()
    {
        { "no blocks", Frames.Sign(Frames.Plain(RpmbRequestType.DataWrite, blocks: 0)), RpmbResult.GeneralFailure },
        { "more blocks than max_wr_cnt", Frames.Write(0, 9, 0, 1), RpmbResult.GeneralFailure },
        { "far more frames than max_wr_cnt", Frames.Write(0, 15, 0, 1), RpmbResult.GeneralFailure },
        { "fewer frames than blocks", Frames.Write(0, 3, 0, 1)[..1024], RpmbResult.GeneralFailure },
        { "more frames than blocks", [.. Frames.Write(0, 2, 0, 1), .. Frames.Write(0, 2, 0, 1)], RpmbResult.GeneralFailure },
        { "frames of different addresses", [.. Frames.Write(0, 2, 0, 1)[..512], .. Frames.Write(1, 2, 0, 1)[512..]], RpmbResult.GeneralFailure },
        { "a key among the frames", [.. Frames.Write(0, 2, 0, 1)[..512], .. Frames.ProgramKey()], RpmbResult.GeneralFailure },
        { "beyond the end", Frames.Write(512, 1, 0, 1), RpmbResult.AddrFailure },
        { "over the end", Frames.Write(510, 3, 0, 1), RpmbResult.AddrFailure },
        { "at the last address that a frame can have", Frames.Write(65535, 8, 0, 1), RpmbResult.AddrFailure },
        { "an address beyond the end with a wrong MAC", Frames.Write(512, 1, 0, 1, new byte[32]), RpmbResult.AddrFailure },
        { "another key's MAC", Frames.Write(0, 1, 0, 1, new byte[32]), RpmbResult.AuthFailure },
        { "another key's MAC and counter", Frames.Write(0, 1, 9, 1, new byte[32]), RpmbResult.AuthFailure },
        { "the MAC in the first frame", Swapped(Frames.Write(0, 2, 0, 1)), RpmbResult.AuthFailure },
        { "data changed after signing", Flipped(Frames.Write(0, 2, 0, 1), 300), RpmbResult.AuthFailure },
        { "a nonce changed after signing", Flipped(Frames.Write(0, 1, 0, 1), 490), RpmbResult.AuthFailure },
        { "a counter of the future", Frames.Write(0, 1, 1, 1), RpmbResult.CountFailure },
        { "the last counter", Frames.Write(0, 1, uint.MaxValue, 1), RpmbResult.CountFailure },
    };

    [Theory]
    [MemberData(nameof(Writes))]
    [Proves("rpmb", "VIRTIO_RPMB_RES_AUTH_FAILURE, ADDR_FAILURE, COUNT_FAILURE, GENERAL_FAILURE of a write", "5.12.6.1.3")]
    [Proves("rpmb", "The device MUST calculate the MAC and compare it with the MAC in the request", "5.12.6.1.3")]
    public void A_write_that_breaks_a_rule_changes_nothing(string what, byte[] frames, RpmbResult result)
    {
        using RpmbBench bench = new();
        Answer answer = bench.Ask([.. frames, .. Frames.ResultRead()]);
        Assert.True(result == answer.Result, $"{what}: {answer.Result}");
        Assert.True(answer.IsSigned);
        Assert.Equal(0u, bench.Ask(Frames.Counter()).Counter);
        Assert.False(bench.Ask(Frames.Read(0, 1)).Data(0).AsSpan().ContainsAnyExcept((byte)0));
        Assert.Equal(result, bench.Ask(Frames.ResultRead()).Result);
    }

    [Fact]
    public void A_write_that_is_played_back_is_refused()
    {
        using RpmbBench bench = new();
        byte[] recorded = [.. Frames.Write(4, 1, 0, 9), .. Frames.ResultRead()];
        Assert.Equal(RpmbResult.Ok, bench.Ask(recorded).Result);
        Assert.Equal(RpmbResult.Ok, bench.Ask([.. Frames.Write(4, 1, 1, 10), .. Frames.ResultRead()]).Result);
        Assert.Equal(RpmbResult.CountFailure, bench.Ask(recorded).Result);
        Assert.Equal(10, bench.Ask(Frames.Read(4, 1)).Data(0)[0]);
    }

    [Theory]
    [InlineData(0, 0, 8, RpmbResult.GeneralFailure)]
    [InlineData(0, 9, 16, RpmbResult.GeneralFailure)]
    [InlineData(0, 3, 2, RpmbResult.GeneralFailure)]
    [InlineData(512, 1, 1, RpmbResult.AddrFailure)]
    [InlineData(509, 4, 4, RpmbResult.AddrFailure)]
    [InlineData(65535, 8, 8, RpmbResult.AddrFailure)]
    [Proves("rpmb", "VIRTIO_RPMB_RES_ADDR_FAILURE, GENERAL_FAILURE of a read", "5.12.6.1.4")]
    public void A_read_that_breaks_a_rule_gets_one_frame_with_its_result(int address, int blocks, int room, RpmbResult result)
    {
        using RpmbBench bench = new();
        Answer answer = bench.Ask(Frames.Read((ushort)address, (ushort)blocks), room);
        Assert.Equal((RpmbRequestType.DataRead, result, 1), (answer.To, answer.Result, answer.Frames));
        Assert.Equal(Frames.Nonce, answer.Nonce);
        Assert.True(answer.IsSigned);
    }

    [Fact]
    public void Frames_that_make_no_request_get_a_general_failure()
    {
        using RpmbBench bench = new();
        byte[][] hostile =
        [
            Frames.Plain((RpmbRequestType)6), Frames.Plain((RpmbRequestType)0), Frames.Plain((RpmbRequestType)0xFFFF), Frames.Plain((RpmbRequestType)0x0103),
            [.. Frames.Counter(), .. Frames.Counter()], [.. Frames.Counter(), .. Frames.ResultRead()], [.. Frames.Read(0, 1), .. Frames.Read(0, 1)],
            [.. Frames.ResultRead(), .. Frames.ResultRead()], [.. Frames.Read(0, 1), 1, 2, 3], [.. Frames.Read(0, 1), .. new byte[511]],
        ];
        foreach (byte[] frames in hostile)
        {
            Answer answer = bench.Ask(frames);
            Assert.Equal((RpmbResult.GeneralFailure, 1), (answer.Result, answer.Frames));
            Assert.True(answer.IsSigned);
        }
        Assert.Equal(0u, bench.Ask(Frames.Counter()).Counter);
    }

    [Fact]
    [Proves("rpmb", "The RPMB frames MUST not be packed by the driver: another framing is understood all the same", "5.12.6.2")]
    public void How_frames_lie_in_buffers_does_not_matter()
    {
        using RpmbBench bench = new();
        byte[] frames = [.. Frames.Write(0, 2, 0, 3), .. Frames.ResultRead()];
        Virtio.Driver.GuestBuffer request = bench.Bench.Buffer(frames);
        Virtio.Driver.GuestBuffer response = bench.Bench.Buffer(512);
        uint written = bench.Bench.Do(0, request.Slice(0, 700).ToDevice, request.Slice(700, 836).ToDevice, response.Slice(0, 1).FromDevice, response.Slice(1, 511).FromDevice);
        Assert.Equal(512u, written);
        Assert.Equal(RpmbResult.Ok, new Answer(response.Span.ToArray()).Result);
    }

    [Fact]
    public void Requests_without_room_or_without_frames_are_returned_empty_and_reported()
    {
        using RpmbBench bench = new();
        Assert.Empty(bench.Exchange([.. Frames.Write(0, 1, 0, 3), .. Frames.ResultRead()], 511));
        Assert.Contains("without room", bench.Warnings[0], StringComparison.Ordinal);
        Assert.Empty(bench.Exchange(Frames.Counter(), 0));
        Assert.Empty(bench.Exchange([1, 2, 3], 512));
        Assert.Empty(bench.Exchange([], 512));
        Assert.Equal(0u, bench.Ask(Frames.Counter()).Counter);
    }

    [Fact]
    [Proves("rpmb", "If the write fails then VIRTIO_RPMB_RES_WRITE_FAILURE", "5.12.6.1.3")]
    public void A_host_that_cannot_write_is_a_write_failure_without_effect()
    {
        using RpmbBench bench = new();
        bench.Medium.WriteFaults.Enqueue(Errno.ENOSPC);
        Assert.Equal(RpmbResult.WriteFailure, bench.Ask([.. Frames.Write(0, 1, 0, 1), .. Frames.ResultRead()]).Result);
        bench.Medium.SyncFaults.Enqueue(Errno.EIO);
        Assert.Equal(RpmbResult.WriteFailure, bench.Ask([.. Frames.Write(0, 1, 0, 1), .. Frames.ResultRead()]).Result);
        Assert.Equal(0u, bench.Ask(Frames.Counter()).Counter);
        Assert.Equal(RpmbResult.Ok, bench.Ask([.. Frames.Write(0, 1, 0, 1), .. Frames.ResultRead()]).Result);
    }

    [Fact]
    [Proves("rpmb", "VIRTIO_RPMB_RES_READ_FAILURE", "5.12.6.1.4")]
    public void Damaged_and_unreadable_blocks_are_read_failures()
    {
        using RpmbBench bench = new();
        bench.Ask([.. Frames.Write(0, 4, 0, 1), .. Frames.ResultRead()]);
        bench.Medium.FlipBit(SimulatedRpmbMedium.OffsetOfBlock(2) + 17, 3);
        bench.Medium.FlipBit(SimulatedRpmbMedium.OffsetOfBlock(9), 0);
        Answer answer = bench.Ask(Frames.Read(0, 4), room: 4);
        Assert.Equal((RpmbResult.ReadFailure, 1), (answer.Result, answer.Frames));
        Assert.True(answer.IsSigned);
        Assert.False(answer.Data(0).AsSpan().ContainsAnyExcept((byte)0));
        Assert.Equal(RpmbResult.ReadFailure, bench.Ask(Frames.Read(9, 1)).Result);
        bench.Medium.ReadFaults.Enqueue(Errno.EIO);
        Assert.Equal(RpmbResult.ReadFailure, bench.Ask(Frames.Read(0, 1)).Result);
        Assert.Equal(RpmbResult.Ok, bench.Ask(Frames.Read(0, 2), room: 2).Result);
        Assert.Equal(RpmbResult.Ok, bench.Ask([.. Frames.Write(2, 1, 1, 1), .. Frames.ResultRead()]).Result);
        Assert.Equal(RpmbResult.Ok, bench.Ask(Frames.Read(0, 4), room: 4).Result);
    }

    private static byte[] Flipped(byte[] frames, int at)
    {
        frames[at] ^= 1;
        return frames;
    }

    private static byte[] Swapped(byte[] frames)
    {
        frames.AsSpan(512 + 196, 32).CopyTo(frames.AsSpan(196));
        frames.AsSpan(512 + 196, 32).Clear();
        return frames;
    }
}

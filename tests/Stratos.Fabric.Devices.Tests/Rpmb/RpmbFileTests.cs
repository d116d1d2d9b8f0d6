using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Client;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>The device on a file, with its worker, and its options.</summary>
public sealed class RpmbFileTests
{
    [Fact]
    public void Requests_that_follow_each_other_at_once_are_served_in_their_order()
    {
        using TemporaryFolder folder = new();
        using DeviceBench bench = new(RpmbDevice.Create(new() { File = folder.In("store"), Capacity = 128 << 10 }), queueSize: 64);
        List<(ulong Cookie, GuestBuffer Response, uint Counter)> asked = [];
        Post([.. Frames.ProgramKey(), .. Frames.ResultRead()], 0);
        for (uint i = 0; i < 10; i++)
        {
            Post([.. Frames.Write(0, 1, i, (byte)i), .. Frames.ResultRead()], i + 1);
            Post(Frames.Counter(), i + 1);
        }
        foreach ((ulong cookie, GuestBuffer response, uint counter) in asked)
        {
            Assert.Equal(512u, bench.Await(0, cookie));
            Answer answer = new(response.Span.ToArray());
            Assert.Equal((RpmbResult.Ok, counter), (answer.Result, answer.Counter));
        }

        void Post(byte[] frames, uint counter)
        {
            GuestBuffer response = bench.Buffer(512);
            asked.Add((bench.Post(0, bench.Buffer(frames).ToDevice, response.FromDevice), response, counter));
        }
    }

    [Fact]
    [Proves("rpmb", "The device MUST maintain the data for read/write via authenticated access", "5.12.6.2")]
    public void A_new_process_finds_what_the_last_one_committed()
    {
        using TemporaryFolder folder = new();
        RpmbOptions options = new() { File = folder.In("store"), Capacity = 16 << 20, MaxWrite = 255, MaxRead = 255 };
        byte[] data = new byte[255 * 256];
        new Random(5).NextBytes(data);
        for (uint life = 0; life < 3; life++)
        {
            using DeviceBench bench = new(RpmbDevice.Create(options), queueSize: 512);
            using RpmbClient client = new(new BenchChannel(bench), Frames.Key, mostBlocks: 255);
            Assert.Equal(life == 0 ? RpmbResult.Ok : RpmbResult.WriteFailure, client.ProgramKey());
            Assert.Equal(RpmbResult.Ok, client.ReadCounter(out uint counter));
            Assert.Equal(life, counter);
            byte[] read = new byte[data.Length];
            Assert.Equal(RpmbResult.Ok, client.Read(65281, read));
            Assert.Equal(life > 0, read.AsSpan().SequenceEqual(data));
            data[0] = (byte)life;
            Assert.Equal(RpmbResult.Ok, client.Write(65281, data, counter));
        }
    }

    [Theory]
    [InlineData("capacity", "100K", "128K")]
    [InlineData("capacity", "17M", "16M")]
    [InlineData("max-write", "0", "1 to 255")]
    [InlineData("max-read", "256", "1 to 255")]
    [InlineData("file", "/nowhere/at/all", "does not exist")]
    [InlineData("board", "/tmp/b", "exactly one")]
    public void Options_that_make_no_sense_are_refused_by_name(string name, string value, string hint)
    {
        Dictionary<string, string> options = new() { ["file"] = "/tmp/rpmb", [name] = value };
        ArgumentException refused = Assert.Throws<ArgumentException>(() => RpmbKind.Kind.Create(options));
        Assert.Contains(hint, refused.Message, StringComparison.Ordinal);
    }

    private sealed class BenchChannel(DeviceBench bench) : IRpmbChannel
    {
        private readonly GuestBuffer _request = bench.Buffer(256 * 512);
        private readonly GuestBuffer _response = bench.Buffer(256 * 512);

        public int Exchange(ReadOnlySpan<byte> request, Span<byte> response)
        {
            request.CopyTo(_request.Span);
            uint written = bench.Do(0, _request.Slice(0, request.Length).ToDevice, _response.Slice(0, response.Length).FromDevice);
            _response.Span[..(int)written].CopyTo(response);
            return (int)written;
        }
    }
}

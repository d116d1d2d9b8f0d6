using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Client;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>What a driver that keeps the rules gets (virtio 1.4, section 5.12).</summary>
public sealed class RpmbDeviceTests
{
    private const string Rings = nameof(RingKinds.All);

    [Theory]
    [MemberData(Rings, MemberType = typeof(RingKinds))]
    [Proves("rpmb", "VIRTIO_RPMB_REQ_PROGRAM_KEY", "5.12.6.1.1")]
    [Proves("rpmb", "VIRTIO_RPMB_REQ_GET_WRITE_COUNTER", "5.12.6.1.2")]
    [Proves("rpmb", "VIRTIO_RPMB_REQ_DATA_WRITE", "5.12.6.1.3")]
    [Proves("rpmb", "VIRTIO_RPMB_REQ_DATA_READ", "5.12.6.1.4")]
    public void A_client_programs_writes_reads_and_counts(ulong features)
    {
        using RpmbBench bench = new(features, programmed: false);
        using RpmbClient client = new(bench, Frames.Key, mostBlocks: 8);
        Assert.Equal(RpmbResult.NoAuthKey, client.ReadCounter(out _));
        Assert.Equal(RpmbResult.Ok, client.ProgramKey());
        byte[] written = new byte[5 * 256];
        new Random(1).NextBytes(written);
        Assert.Equal(RpmbResult.Ok, client.Write(507, written, 0));
        Assert.Equal(RpmbResult.Ok, client.Write(3, written.AsSpan(0, 256), 1));
        Assert.Equal(RpmbResult.Ok, client.ReadCounter(out uint counter));
        Assert.Equal(2u, counter);
        byte[] read = new byte[written.Length];
        Assert.Equal(RpmbResult.Ok, client.Read(507, read));
        Assert.Equal(written, read);
        Assert.Equal(RpmbResult.Ok, client.Read(2, read.AsSpan(0, 768)));
        Assert.False(read.AsSpan(0, 256).ContainsAnyExcept((byte)0));
        Assert.Equal(written[..256], read[256..512]);
    }

    [Fact]
    [Proves("rpmb", "The device capacity MUST be a multiple of 128Kbytes and up to 16Mbytes", "5.12.5")]
    public void The_configuration_says_capacity_and_limits()
    {
        using RpmbBench bench = new(limits: new(17, 255));
        Assert.Equal([1, 17, 255], bench.Bench.ReadConfig(0, 3));
        Assert.Equal([17, 255], bench.Bench.ReadConfig(1, 2));
        bench.Bench.WriteConfig(0, 9, 9, 9);
        Assert.Equal([1, 17, 255], bench.Bench.ReadConfig(0, 3));
    }

    [Fact]
    public void A_response_has_the_fields_of_its_request()
    {
        using RpmbBench bench = new();
        Answer write = bench.Ask([.. Frames.Write(7, 3, 0, 50), .. Frames.ResultRead()]);
        Assert.Equal((RpmbRequestType.DataWrite, RpmbResult.Ok, 1u, (ushort)7, 1), (write.To, write.Result, write.Counter, write.Address, write.Frames));
        Assert.True(write.IsSigned);
        Answer counter = bench.Ask(Frames.Counter());
        Assert.Equal((RpmbRequestType.GetWriteCounter, RpmbResult.Ok, 1u), (counter.To, counter.Result, counter.Counter));
        Assert.Equal(Frames.Nonce, counter.Nonce);
        Assert.True(counter.IsSigned);
        Answer read = bench.Ask(Frames.Read(7, 3), room: 3);
        Assert.Equal((RpmbRequestType.DataRead, RpmbResult.Ok, (ushort)7, (ushort)3, 3), (read.To, read.Result, read.Address, read.BlockCount, read.Frames));
        Assert.Equal(Frames.Nonce, read.Nonce);
        Assert.True(read.IsSigned);
        Assert.All(Enumerable.Range(0, 3), i => Assert.False(read.Data(i).AsSpan().ContainsAnyExcept((byte)(50 + i))));
    }

    [Fact]
    [Proves("rpmb", "VIRTIO_RPMB_REQ_RESULT_READ: not requested, no frame is returned", "5.12.6")]
    [Proves("rpmb", "VIRTIO_RPMB_REQ_RESULT_READ", "5.12.6.1.5")]
    public void Without_a_result_read_a_write_is_silent_and_its_result_can_be_read_later()
    {
        using RpmbBench bench = new();
        Assert.Equal(0, bench.Ask(Frames.Write(9, 1, 0, 1), room: 1).Frames);
        Assert.Empty(bench.Exchange(Frames.Write(10, 1, 1, 1), 0));
        Answer late = bench.Ask(Frames.ResultRead());
        Assert.Equal((RpmbRequestType.DataWrite, RpmbResult.Ok, 2u, (ushort)10), (late.To, late.Result, late.Counter, late.Address));
        Assert.True(late.IsSigned);
        bench.Exchange(Frames.Write(11, 1, 1, 1), 0);
        Assert.Equal(RpmbResult.CountFailure, bench.Ask(Frames.ResultRead()).Result);
        bench.Exchange(Frames.ProgramKey(), 0);
        Assert.Equal((RpmbRequestType.ProgramKey, RpmbResult.WriteFailure), (bench.Ask(Frames.ResultRead()).To, bench.Ask(Frames.ResultRead()).Result));
    }

    [Fact]
    public void A_result_read_with_nothing_before_it_is_a_general_failure()
    {
        using RpmbBench bench = new(programmed: false);
        Assert.Equal(RpmbResult.GeneralFailure, bench.Ask(Frames.ResultRead()).Result);
    }

    [Fact]
    [Proves("rpmb", "The key MUST be kept regardless of device reset or reboot", "5.12.6.2")]
    [Proves("rpmb", "The write counter MUST be kept regardless of device reset or reboot", "5.12.6.2")]
    public void A_reset_forgets_the_last_result_and_nothing_else()
    {
        using RpmbBench bench = new();
        bench.Ask([.. Frames.Write(1, 1, 0, 77), .. Frames.ResultRead()]);
        bench.Bench.StopQueue(0);
        bench.Bench.Port.Perform(new Virtio.Contract.DeviceOperation.Reset());
        bench.Bench.StartQueue(0);
        Assert.Equal(RpmbResult.GeneralFailure, bench.Ask(Frames.ResultRead()).Result);
        Assert.Equal(1u, bench.Ask(Frames.Counter()).Counter);
        Assert.Equal(77, bench.Ask(Frames.Read(1, 1)).Data(0)[0]);
        Assert.Equal(RpmbResult.WriteFailure, bench.Ask([.. Frames.ProgramKey(new byte[32]), .. Frames.ResultRead()]).Result);
    }

    [Fact]
    [Proves("rpmb", "After the counter has reached its maximum value 0xFFFFFFFF it will not be incremented anymore", "5.12.6.2")]
    [Proves("rpmb", "VIRTIO_RPMB_RES_WRITE_COUNTER_EXPIRED", "5.12.6.1.3")]
    public void The_counter_ends_at_its_maximum()
    {
        using RpmbBench bench = new(counter: uint.MaxValue - 1);
        Answer last = bench.Ask([.. Frames.Write(0, 1, uint.MaxValue - 1, 5), .. Frames.ResultRead()]);
        Assert.Equal((RpmbResult.WriteCounterExpired, uint.MaxValue), (last.Result, last.Counter));
        Assert.Equal(RpmbResult.WriteCounterExpired, bench.Ask([.. Frames.Write(0, 1, uint.MaxValue, 6), .. Frames.ResultRead()]).Result);
        Answer counter = bench.Ask(Frames.Counter());
        Assert.Equal((RpmbResult.WriteCounterExpired, uint.MaxValue), (counter.Result, counter.Counter));
        Answer read = bench.Ask(Frames.Read(0, 1));
        Assert.Equal((RpmbResult.WriteCounterExpired, (byte)5), (read.Result, read.Data(0)[0]));
        Assert.True(read.IsSigned);
    }

    [Fact]
    public void Allocates_nothing_for_a_request()
    {
        using AllocationMeter meter = new();
        using RpmbBench bench = new(options: meter.Options);
        for (uint i = 0; i < 120; i++)
        {
            if (i == 60) { meter.Begin(); }
            Assert.Equal(RpmbResult.Ok, bench.Ask([.. Frames.Write(1, 2, i, (byte)i), .. Frames.ResultRead()]).Result);
            Assert.Equal(RpmbResult.Ok, bench.Ask(Frames.Counter()).Result);
            Assert.Equal(RpmbResult.Ok, bench.Ask(Frames.Read(0, 4), room: 4).Result);
            Assert.Equal(RpmbResult.AuthFailure, bench.Ask([.. Frames.Write(1, 2, i, 0, new byte[32]), .. Frames.ResultRead()]).Result);
        }
        Assert.True(meter.Steps > 100);
        Assert.Equal(0, meter.Bytes);
    }
}

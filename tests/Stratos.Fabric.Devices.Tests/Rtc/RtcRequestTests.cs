using Stratos.Fabric.Devices.Rtc;
using Stratos.Fabric.Devices.Rtc.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rtc;

/// <summary>Control and read requests (virtio 1.4, sections 5.23.6.2 and 5.23.6.3).</summary>
public sealed class RtcRequestTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("rtc", "VIRTIO_RTC_REQ_CFG, VIRTIO_RTC_REQ_CLOCK_CAP", "5.23.6.2")]
    public void States_its_clocks(ulong features)
    {
        using RtcGuest guest = new(features);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0], guest.Send(RtcGuest.Head(0x1000, 8)));
        (byte Type, byte Smearing, byte Flags)[] expected = [(0, 0, 1), (1, 0, 0), (2, 0, 0), (3, 1, 1), (3, 2, 0), (4, 0, 0)];
        for (int clock = 0; clock < expected.Length; clock++)
        {
            (byte type, byte smearing, byte flags) = expected[clock];
            Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, type, smearing, flags, 0, 0, 0, 0, 0], guest.Send(RtcGuest.About(0x1001, clock)));
        }
    }

    [Fact]
    [Proves("rtc", "a device without clocks", "5.23.5")]
    public void May_have_no_clock()
    {
        using RtcGuest guest = new(clocks: [], alarms: []);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], guest.Send(RtcGuest.Head(0x1000, 8)));
        Assert.Equal(RtcGuest.NoDevice, guest.StatusOf(RtcGuest.About(0x0001, 0)));
    }

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_F_ALARM is offered if some clock has an alarm", "5.23.3")]
    public void Offers_alarms_only_if_there_are_any()
    {
        using RtcGuest with = new();
        Assert.Equal(RtcDevice.AlarmFeature, with.Device.Features);
        Assert.Equal(["requestq", "alarmq"], with.Device.Queues.Select(static queue => queue.Name));
        using RtcGuest without = new(alarms: []);
        Assert.Equal(0ul, without.Device.Features);
        RtcGuest.PostedBuffer unused = without.PostAlarmBuffer();
        without.Read(0);
        Assert.False(unused.IsUsed);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("rtc", "VIRTIO_RTC_REQ_READ", "5.23.6.3")]
    public void Reads_every_clock(ulong features)
    {
        using RtcGuest guest = new(features);
        for (int clock = 0; clock < guest.Clocks.Count; clock++) { guest.Board.Set(guest.Clocks[clock], 1_800_000_000_000_000_000 + clock); }
        for (int clock = 0; clock < guest.Clocks.Count; clock++) { Assert.Equal(1_800_000_000_000_000_000ul + (ulong)clock, guest.Read(clock)); }
        guest.Pass(TimeSpan.FromSeconds(5));
        for (int clock = 0; clock < guest.Clocks.Count; clock++) { Assert.Equal(1_800_000_005_000_000_000ul + (ulong)clock, guest.Read(clock)); }
    }

    [Fact]
    [Proves("rtc", "readings of a clock in the order of the requests, and never one from before the request", "5.23.6.3")]
    public void Readings_follow_the_requests()
    {
        using RtcGuest guest = new();
        GuestBuffer request = guest.Bench.Buffer(RtcGuest.About(0x0001, 2));
        for (int round = 0; round < 20; round++)
        {
            GuestBuffer[] responses = [.. Enumerable.Range(0, 4).Select(_ => guest.Bench.Buffer(16))];
            guest.Pass(TimeSpan.FromMicroseconds(1));
            ulong least = guest.Read(2);
            ulong[] cookies = [.. responses.Select(response => guest.Bench.Post(0, request.ToDevice, response.FromDevice))];
            guest.Pass(TimeSpan.FromMicroseconds(1));
            foreach (ulong cookie in cookies) { Assert.Equal(16u, guest.Bench.Await(0, cookie)); }
            foreach (GuestBuffer response in responses)
            {
                ulong reading = BitConverter.ToUInt64(response.Span[8..]);
                Assert.True(reading >= least);
                least = reading;
            }
        }
    }

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_REQ_CROSS_CAP", "5.23.6.2")]
    public void Says_which_counter_goes_with_the_clocks()
    {
        using RtcGuest guest = new(counter: RtcCounter.X86TimeStamp);
        byte[] capable = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
        byte[] incapable = new byte[16];
        Assert.Equal(capable, guest.Send(RtcGuest.About(0x1002, 0, 1)));
        Assert.Equal(incapable, guest.Send(RtcGuest.About(0x1002, 0, 0)));
        Assert.Equal(incapable, guest.Send(RtcGuest.About(0x1002, 0, 0xFF)));
        Assert.Equal(RtcGuest.NotSupported, guest.StatusOf(RtcGuest.About(0x1002, 0, 2)));
        Assert.Equal(RtcGuest.NotSupported, guest.StatusOf(RtcGuest.About(0x1002, 0, 0xF0)));
        Assert.Equal(RtcGuest.NoDevice, guest.StatusOf(RtcGuest.About(0x1002, 6, 1)));
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("rtc", "VIRTIO_RTC_REQ_READ_CROSS", "5.23.6.3")]
    public void Reads_a_clock_and_the_counter_at_once(ulong features)
    {
        using RtcGuest guest = new(features, counter: RtcCounter.ArmVirtualCount);
        guest.Board.Set(ClockName.Tai, 1_800_000_000_000_000_000);
        guest.Board.SetCounter(1000, hertz: 62_500_000);
        Assert.Equal((1_800_000_000_000_000_000ul, 1000ul), guest.Cross(1, RtcCounter.ArmVirtualCount));
        guest.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal((1_800_000_002_000_000_000ul, 1000ul + 125_000_000), guest.Cross(1, RtcCounter.ArmVirtualCount));
    }

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_REQ_READ_CROSS of a counter that the clock is not read with", "5.23.6.3")]
    public void Refuses_a_counter_that_it_cannot_read()
    {
        using RtcGuest guest = new(counter: RtcCounter.X86TimeStamp);
        foreach (byte counter in new byte[] { 0, 2, 0xEF, 0xF0, 0xFE, 0xFF })
        {
            Assert.Equal(RtcGuest.NotSupported, guest.StatusOf(RtcGuest.About(0x0002, 0, counter)));
        }
        Assert.Equal(RtcGuest.NoDevice, guest.StatusOf(RtcGuest.About(0x0002, 6, 1)));
    }

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_S_EIO", "5.23.6")]
    public void A_clock_that_fails_is_an_error_of_its_own()
    {
        using RtcGuest guest = new();
        guest.Board.Fail(ClockName.Utc, fails: true);
        Assert.Equal([RtcGuest.IoError, 0, 0, 0, 0, 0, 0, 0], guest.Send(RtcGuest.About(0x0001, 0)));
        Assert.Equal(RtcGuest.IoError, guest.StatusOf(RtcGuest.About(0x0002, 0, 1)));
        Assert.Equal(RtcGuest.IoError, guest.StatusOf(RtcGuest.SetAlarmRequest(0, 5, enabled: true)));
        Assert.Equal(RtcGuest.Ok, guest.StatusOf(RtcGuest.SetAlarmRequest(0, 5, enabled: false)));
        guest.Read(1);
        guest.Board.Fail(ClockName.Utc, fails: false);
        guest.Read(0);
    }

    [Fact]
    [Proves("rtc", "a guest sees the clocks that it is given, and no others", "5.23.6")]
    public void Clocks_of_one_board_are_shown_to_guests_by_name()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using ClockBoard board = ClockBoard.Open(path);
            board.SetRate(ClockName.Tai, 0);
            board.Set(ClockName.Tai, 42);
            using DeviceBench one = new(RtcKind.Kind.Create(new Dictionary<string, string> { ["board"] = path, ["clocks"] = "tai", ["alarms"] = "none" }));
            GuestBuffer response = one.Buffer(16);
            Assert.Equal(16u, one.Do(0, one.Buffer(RtcGuest.About(1, 0)).ToDevice, response.FromDevice));
            Assert.Equal(42ul, BitConverter.ToUInt64(response.Span[8..]));
            Assert.Equal(8u, one.Do(0, one.Buffer(RtcGuest.About(1, 1)).ToDevice, response.FromDevice));
            Assert.Equal(RtcGuest.NoDevice, response.Span[0]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Allocates_nothing_for_a_request()
    {
        using AllocationMeter meter = new();
        using RtcGuest guest = new(options: meter.Options);
        GuestBuffer read = guest.Bench.Buffer(RtcGuest.About(0x0001, 3));
        GuestBuffer cross = guest.Bench.Buffer(RtcGuest.About(0x0002, 1, 1));
        GuestBuffer set = guest.Bench.Buffer(RtcGuest.SetAlarmRequest(0, 1, enabled: true));
        GuestBuffer response = guest.Bench.Buffer(24);
        GuestBuffer alarm = guest.Bench.Buffer(16);
        for (int i = 0; i < 200; i++)
        {
            if (i == 100) { meter.Begin(); }
            ulong posted = guest.Bench.Post(1, alarm.FromDevice);
            guest.Bench.Do(0, read.ToDevice, response.FromDevice);
            guest.Bench.Do(0, cross.ToDevice, response.FromDevice);
            guest.Bench.Do(0, set.ToDevice, response.FromDevice);
            guest.Bench.Await(1, posted);
        }
        Assert.True(meter.Steps > 400);
        Assert.Equal(0, meter.Bytes);
    }
}

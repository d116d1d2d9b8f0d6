using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rtc;

/// <summary>What the driver must not do, done (virtio 1.4, section 5.23.6).</summary>
public sealed class RtcHostileTests
{
    public static TheoryData<int, int, int> Messages => new()
    {
        { 0x0001, 16, 16 }, { 0x0002, 16, 24 }, { 0x1000, 8, 16 }, { 0x1001, 16, 16 },
        { 0x1002, 16, 16 }, { 0x1003, 16, 24 }, { 0x1004, 24, 8 }, { 0x1005, 16, 8 },
    };

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_S_EOPNOTSUPP for a message type that there is not", "5.23.6")]
    public void An_unknown_message_is_not_supported()
    {
        using RtcGuest guest = new();
        foreach (int type in new[] { 0, 3, 0x0FFF, 0x1006, 0x2000, 0xFFFF })
        {
            Assert.Equal([RtcGuest.NotSupported, 0, 0, 0, 0, 0, 0, 0], guest.Send(RtcGuest.Head(type, 24)));
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    [Proves("rtc", "VIRTIO_RTC_S_EINVAL for a request that does not fit into its buffer", "5.23.6")]
    public void A_request_cut_short_is_invalid(int type, int length, int responseLength)
    {
        using RtcGuest guest = new();
        for (int cut = 1; cut < length; cut++) { Assert.Equal(RtcGuest.Invalid, guest.StatusOf(RtcGuest.Head(type, length)[..cut], responseLength)); }
        GuestBuffer response = guest.Bench.Buffer(responseLength);
        Assert.Equal(8u, guest.Bench.Do(0, response.FromDevice));
        Assert.Equal(RtcGuest.Invalid, response.Span[0]);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    [Proves("rtc", "VIRTIO_RTC_S_EINVAL for a response that does not fit, and no status without room for one", "5.23.6")]
    public void A_response_without_room_is_invalid(int type, int length, int responseLength)
    {
        using RtcGuest guest = new();
        byte[] request = RtcGuest.Head(type, length);
        for (int room = 1; room < responseLength; room++)
        {
            byte[] response = guest.Send(request, room);
            Assert.Equal(Math.Min(room, 8), response.Length);
            Assert.Equal(RtcGuest.Invalid, response[0]);
            Assert.False(response.AsSpan(1).ContainsAnyExcept((byte)0));
        }
        Assert.Equal(0u, guest.Bench.Do(0, guest.Bench.Buffer(request).ToDevice));
        Assert.Contains("without room for its status", Assert.Single(guest.Bench.Port.Warnings), StringComparison.Ordinal);
        Assert.Equal((0ul, false), guest.ReadAlarm(0));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    [Proves("rtc", "room beyond the request and the response is ignored", "5.23.6")]
    public void Larger_buffers_are_no_error(int type, int length, int responseLength)
    {
        using RtcGuest guest = new();
        byte[] request = [.. RtcGuest.Head(type, length), .. Enumerable.Repeat((byte)0xAA, 100)];
        if (type == 0x0002) { request[10] = 1; }
        byte[] response = guest.Send(request, room: 200);
        Assert.Equal((RtcGuest.Ok, responseLength), (response[0], response.Length));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    [Proves("rtc", "VIRTIO_RTC_S_EINVAL for reserved fields and flags that the driver must leave zero", "5.23.6")]
    public void Reserved_bytes_and_flags_that_are_set_are_invalid(int type, int length, int responseLength)
    {
        using RtcGuest guest = new();
        byte[] clean = RtcGuest.Head(type, length);
        int clock = type == 0x1004 ? 16 : 8;
        if (type == 0x0002) { clean[10] = 1; }
        Assert.Equal(RtcGuest.Ok, guest.StatusOf(clean, responseLength));
        for (int at = 2; at < length; at++)
        {
            bool isReserved = at is >= 2 and < 8 || (at >= clock + 2 && !(at == clock + 2 && type is 0x0002 or 0x1002 or 0x1004 or 0x1005));
            if (!isReserved) { continue; }
            byte[] request = [.. clean];
            request[at] = 1;
            Assert.True(guest.StatusOf(request, responseLength) == RtcGuest.Invalid, $"byte {at}");
        }
        if (type is not (0x1004 or 0x1005)) { return; }
        byte[] flagged = [.. clean];
        flagged[clock + 2] = 2;
        Assert.Equal(RtcGuest.Invalid, guest.StatusOf(flagged, responseLength));
    }

    [Theory]
    [InlineData(0x0001)]
    [InlineData(0x0002)]
    [InlineData(0x1001)]
    [InlineData(0x1002)]
    [InlineData(0x1003)]
    [InlineData(0x1004)]
    [InlineData(0x1005)]
    [Proves("rtc", "VIRTIO_RTC_S_ENODEV for a clock that there is not", "5.23.6")]
    public void A_clock_that_there_is_not_is_no_device(int type)
    {
        using RtcGuest guest = new();
        foreach (int clock in new[] { 6, 0x100, 0xFFFF })
        {
            byte[] request = type == 0x1004 ? RtcGuest.SetAlarmRequest(clock, 1, enabled: true) : RtcGuest.About(type, clock);
            Assert.Equal(RtcGuest.NoDevice, guest.StatusOf(request));
        }
    }

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_S_ENODEV for the alarm of a clock without one", "5.23.6.4")]
    public void A_clock_without_an_alarm_has_none_to_set()
    {
        using RtcGuest guest = new();
        Assert.Equal(RtcGuest.NoDevice, guest.StatusOf(RtcGuest.About(0x1003, 1)));
        Assert.Equal(RtcGuest.NoDevice, guest.StatusOf(RtcGuest.SetAlarmRequest(1, 1, enabled: true)));
        Assert.Equal(RtcGuest.NoDevice, guest.StatusOf(RtcGuest.About(0x1005, 1, 1)));
    }

    [Fact]
    [Proves("rtc", "no alarm messages without VIRTIO_RTC_F_ALARM", "5.23.6.4")]
    public void Without_the_feature_there_are_no_alarms()
    {
        using RtcGuest guest = new(negotiateAlarms: false);
        Assert.Equal(0, guest.Send(RtcGuest.About(0x1001, 0))[10]);
        Assert.Equal(RtcGuest.NoDevice, guest.StatusOf(RtcGuest.About(0x1003, 0)));
        Assert.Equal(RtcGuest.NoDevice, guest.StatusOf(RtcGuest.SetAlarmRequest(0, 1, enabled: true)));
        Assert.Equal(RtcGuest.NoDevice, guest.StatusOf(RtcGuest.About(0x1005, 0, 1)));
    }

    [Fact]
    [Proves("rtc", "requests and responses in any number of buffers", "5.23.6")]
    public void Requests_may_be_scattered()
    {
        using RtcGuest guest = new();
        byte[] request = RtcGuest.SetAlarmRequest(3, 77, enabled: false);
        GuestBuffer[] pieces = [.. request.Chunk(3).Select(part => guest.Bench.Buffer(part))];
        GuestBuffer[] response = [.. Enumerable.Range(0, 8).Select(_ => guest.Bench.Buffer(1))];
        DriverBuffer[] chain = [.. pieces.Select(static piece => piece.ToDevice), .. response.Select(static piece => piece.FromDevice)];
        Assert.Equal(8u, guest.Bench.Do(0, chain));
        Assert.Equal((77ul, false), guest.ReadAlarm(3));
    }

    [Fact]
    [Proves("rtc", "an alarmq buffer without room for a notification", "5.23.6.4")]
    public void Bad_alarm_buffers_come_back_empty_and_the_alarm_is_told_by_the_next_good_one()
    {
        using RtcGuest guest = new();
        RtcGuest.PostedBuffer small = guest.PostAlarmBuffer(15);
        GuestBuffer readable = guest.Bench.Buffer(16);
        ulong wrong = guest.Bench.Post(1, readable.ToDevice, guest.Bench.Buffer(16).FromDevice);
        RtcGuest.PostedBuffer good = guest.PostAlarmBuffer();
        guest.SetAlarm(0, 1);
        Assert.Equal(0u, guest.Bench.Await(1, small.Cookie));
        Assert.Equal(0u, guest.Bench.Await(1, wrong));
        Assert.Equal(0, good.Clock());
        Assert.Contains("without room for a notification", Assert.Single(guest.Bench.Port.Warnings), StringComparison.Ordinal);
    }
}

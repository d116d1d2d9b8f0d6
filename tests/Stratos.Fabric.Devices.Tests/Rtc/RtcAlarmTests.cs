using Stratos.Fabric.Devices.Rtc;
using Stratos.Fabric.Devices.Rtc.Alarms;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rtc;

/// <summary>Alarms and their queue (virtio 1.4, section 5.23.6.4).</summary>
public sealed class RtcAlarmTests
{
    private const ulong Second = 1_000_000_000;

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("rtc", "VIRTIO_RTC_F_ALARM, VIRTIO_RTC_REQ_SET_ALARM, VIRTIO_RTC_NOTIF_ALARM", "5.23.6.4")]
    public void Rings_once_when_the_clock_gets_there(ulong features)
    {
        using RtcGuest guest = new(features);
        RtcGuest.PostedBuffer first = guest.PostAlarmBuffer();
        RtcGuest.PostedBuffer second = guest.PostAlarmBuffer();
        guest.SetAlarm(3, guest.Read(3) + (10 * Second));
        guest.Pass(TimeSpan.FromSeconds(9));
        guest.Read(3);
        Assert.False(first.IsUsed);
        guest.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(3, first.Clock());
        guest.Pass(TimeSpan.FromSeconds(100));
        guest.Read(3);
        Assert.False(second.IsUsed);
        Assert.True(guest.ReadAlarm(3).Enabled);
    }

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_REQ_READ_ALARM; initially time 0 and disabled", "5.23.6.4")]
    public void Tells_how_an_alarm_is_set()
    {
        using RtcGuest guest = new();
        Assert.Equal((0ul, false), guest.ReadAlarm(0));
        guest.SetAlarm(0, ulong.MaxValue, enabled: true);
        Assert.Equal((ulong.MaxValue, true), guest.ReadAlarm(0));
        guest.EnableAlarm(0, enabled: false);
        Assert.Equal((ulong.MaxValue, false), guest.ReadAlarm(0));
        guest.SetAlarm(0, 0, enabled: false);
        Assert.Equal((0ul, false), guest.ReadAlarm(0));
        Assert.Equal((0ul, false), guest.ReadAlarm(3));
    }

    [Fact]
    [Proves("rtc", "an alarm that is set for a time that is over expires", "5.23.6.4")]
    public void Rings_at_once_when_the_time_is_over()
    {
        using RtcGuest guest = new();
        RtcGuest.PostedBuffer first = guest.PostAlarmBuffer();
        guest.SetAlarm(0, guest.Read(0));
        Assert.Equal(0, first.Clock());
    }

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_REQ_SET_ALARM_ENABLED of an alarm whose time is over", "5.23.6.4")]
    public void Rings_each_time_that_it_is_enabled_too_late()
    {
        using RtcGuest guest = new();
        guest.SetAlarm(0, guest.Read(0) + Second, enabled: false);
        guest.Pass(TimeSpan.FromSeconds(5));
        RtcGuest.PostedBuffer first = guest.PostAlarmBuffer();
        guest.Read(0);
        Assert.False(first.IsUsed);
        guest.EnableAlarm(0, enabled: true);
        Assert.Equal(0, first.Clock());
        RtcGuest.PostedBuffer second = guest.PostAlarmBuffer();
        guest.EnableAlarm(0, enabled: true);
        Assert.Equal(0, second.Clock());
    }

    [Fact]
    [Proves("rtc", "a clock that is stepped over the alarm's time", "5.23.6.4")]
    public void Rings_when_the_clock_is_stepped_over_the_time_and_again_after_a_step_back()
    {
        using RtcGuest guest = new();
        guest.Board.SetRate(ClockName.Utc, 0);
        RtcGuest.PostedBuffer first = guest.PostAlarmBuffer();
        guest.SetAlarm(0, guest.Read(0) + (3600 * Second));
        guest.Board.Step(ClockName.Utc, TimeSpan.FromHours(2));
        Assert.Equal(0, first.Clock());
        RtcGuest.PostedBuffer second = guest.PostAlarmBuffer();
        guest.Board.Step(ClockName.Utc, TimeSpan.FromHours(-2));
        WaitFor.Condition(() => guest.Device.AlarmOf(0).IsAhead, "the step back to be seen");
        Assert.False(second.IsUsed);
        guest.Board.Step(ClockName.Utc, TimeSpan.FromHours(2));
        Assert.Equal(0, second.Clock());
    }

    [Fact]
    [Proves("rtc", "an alarm that is disabled while it waits for a buffer is not told", "5.23.6.4")]
    public void Is_quiet_when_it_was_disabled_before_a_buffer_came()
    {
        using RtcGuest guest = new();
        guest.SetAlarm(0, 1);
        guest.SetAlarm(3, 1);
        guest.EnableAlarm(0, enabled: false);
        RtcGuest.PostedBuffer first = guest.PostAlarmBuffer();
        RtcGuest.PostedBuffer second = guest.PostAlarmBuffer();
        Assert.Equal(3, first.Clock());
        guest.Read(0);
        Assert.False(second.IsUsed);
    }

    [Fact]
    [Proves("rtc", "one notification for each expiration, as soon as there is a buffer", "5.23.6.4")]
    public void Waits_for_buffers()
    {
        using RtcGuest guest = new();
        guest.SetAlarm(0, 1);
        guest.SetAlarm(3, 1);
        Assert.Equal([0, 3], new[] { guest.PostAlarmBuffer().Clock(), guest.PostAlarmBuffer().Clock() });
        guest.SetAlarm(0, 1);
        Assert.Equal(0, guest.PostAlarmBuffer().Clock());
    }

    [Fact]
    [Proves("rtc", "alarms that are kept over a reset expire at it when their time is over", "5.23.6.4")]
    public void Keeps_alarms_over_a_reset()
    {
        using RtcGuest guest = new();
        ulong time = guest.Read(3) + (10 * Second);
        guest.SetAlarm(3, time);
        guest.SetAlarm(0, 5, enabled: false);
        Restart(guest);
        Assert.Equal((time, true), guest.ReadAlarm(3));
        Assert.Equal((5ul, false), guest.ReadAlarm(0));
        RtcGuest.PostedBuffer first = guest.PostAlarmBuffer();
        guest.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(3, first.Clock());
        Restart(guest);
        Assert.Equal(3, guest.PostAlarmBuffer().Clock());
    }

    [Fact]
    [Proves("rtc", "alarms that are not kept over a reset are at time 0 and disabled", "5.23.6.4")]
    public void Forgets_alarms_at_a_reset_if_told_to()
    {
        using RtcGuest guest = new(keepAlarms: false);
        guest.SetAlarm(3, 1);
        Restart(guest);
        Assert.Equal((0ul, false), guest.ReadAlarm(3));
        RtcGuest.PostedBuffer first = guest.PostAlarmBuffer();
        guest.Read(3);
        Assert.False(first.IsUsed);
    }

    [Fact]
    [Proves("rtc", "no reading from before the alarm after its notification", "5.23.6.3")]
    public void A_reading_after_the_notification_is_not_before_the_alarm()
    {
        using RtcGuest guest = new();
        for (int i = 0; i < 10; i++)
        {
            ulong time = guest.Read(0) + (ulong)i + 1;
            guest.SetAlarm(0, time);
            guest.Pass(TimeSpan.FromMicroseconds(1));
            guest.PostAlarmBuffer().Clock();
            Assert.True(guest.Read(0) >= time);
        }
    }

    [Fact]
    public void An_alarm_that_expired_while_the_queue_was_stopped_rings_after_its_start()
    {
        using RtcGuest guest = new();
        RtcGuest.PostedBuffer first = guest.PostAlarmBuffer();
        guest.SetAlarm(0, guest.Read(0) + Second);
        guest.Bench.StopQueue(1);
        guest.Pass(TimeSpan.FromSeconds(2));
        guest.Bench.StartQueue(1);
        Assert.Equal(0, first.Clock());
    }

    [Fact]
    public void A_clock_that_failed_when_its_alarm_was_due_rings_when_it_is_mended()
    {
        using RtcGuest guest = new();
        RtcGuest.PostedBuffer first = guest.PostAlarmBuffer();
        guest.SetAlarm(0, guest.Read(0) + Second);
        guest.Board.Fail(ClockName.Utc, fails: true);
        guest.Pass(TimeSpan.FromSeconds(2));
        guest.Read(3);
        Assert.False(first.IsUsed);
        guest.Board.Fail(ClockName.Utc, fails: false);
        Assert.Equal(0, first.Clock());
    }

    [Fact]
    public void What_happens_to_an_alarm_is_a_function_of_its_clock()
    {
        AlarmRecord alarm = AlarmRecord.Set(100, enabled: true, now: 50);
        Assert.True(alarm is { IsAhead: true, IsRinging: false });
        Assert.Equal(alarm, alarm.Look(99));
        AlarmRecord rung = alarm.Look(100);
        Assert.True(rung is { IsAhead: false, IsRinging: true });
        Assert.Equal(rung, rung.Look(1000));
        Assert.Equal(alarm, rung.Look(99));
        AlarmRecord told = rung.Told();
        Assert.Equal(told, told.Look(1000));
        Assert.Equal(alarm, told.Look(7));
        AlarmRecord disabled = told.Enable(enabled: false, now: 1000);
        Assert.Equal(new AlarmRecord(100, AlarmFlags.None), disabled);
        Assert.Equal(disabled, disabled.Look(1));
        Assert.True(disabled.Enable(enabled: true, now: 1000).IsRinging);
    }

    private static void Restart(RtcGuest guest)
    {
        guest.Bench.Port.Perform(new DeviceOperation.Reset());
        guest.Bench.World.Restarted();
        guest.Bench.StartQueue(0);
        guest.Bench.StartQueue(1);
    }
}

using Stratos.Fabric.Devices.Rtc;
using Stratos.Fabric.Devices.Rtc.Host;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Tests.Rtc;

public sealed class RtcOptionTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Without_options_the_guest_sees_the_clocks_of_the_host()
    {
        RtcDevice device = (RtcDevice)RtcKind.Kind.Create(new Dictionary<string, string>());
        Assert.Equal(
            [RtcClockType.UtcSmeared, RtcClockType.Utc, RtcClockType.Tai, RtcClockType.Monotonic],
            device.Clocks.Select(static clock => clock.Type));
        Assert.True(device.HasAlarm(0));
        device.Deactivate();
    }

    [Theory]
    [InlineData("clocks", "utc,tia", "clocks: there is no clock 'tia'. Known are: utc")]
    [InlineData("clocks", "utc,utc", "clocks: the clock 'utc' is there twice")]
    [InlineData("alarms", "smeared-sls", "alarms: the guest does not see the clock 'smeared-sls'")]
    [InlineData("counter", "hpet", "counter: there is no counter 'hpet'")]
    [InlineData("counter", "x86-tsc", "counter: only a board's clocks have one")]
    [InlineData("leap-seconds", "/nowhere", "leap-seconds: '/nowhere' cannot be read")]
    [InlineData("board", "/dev/null", "board: ")]
    [InlineData("board", "/nowhere/at/all", "board: ")]
    public void Options_that_make_no_sense_are_refused_by_name(string name, string value, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => RtcKind.Kind.Create(new Dictionary<string, string> { [name] = value })).Message, StringComparison.Ordinal);

    [Fact]
    public void The_host_shows_its_own_time()
    {
        using HostClocks clocks = new([ClockName.Utc, ClockName.Tai, ClockName.Monotonic, ClockName.Smeared, ClockName.MaybeSmeared]);
        long utc = HostClock.Nanoseconds(HostClockId.Realtime);
        Assert.InRange(Read(clocks, 0) - utc, 0, 10 * Second);
        Assert.InRange(Read(clocks, 1) - utc, 37 * Second, 47 * Second);
        Assert.InRange(Read(clocks, 3) - utc, 0, 10 * Second);
        Assert.InRange(Read(clocks, 4) - utc, 0, 10 * Second);
        long first = Read(clocks, 2);
        Assert.InRange(Read(clocks, 2) - first, 0, 10 * Second);
        Assert.False(clocks.CanCross(0, RtcCounter.X86TimeStamp));
        Assert.False(clocks.TryReadCross(0, RtcCounter.X86TimeStamp, out _, out _));
    }

    [Fact]
    public void The_host_tells_when_to_look_again_and_waits_until_then()
    {
        using HostClocks clocks = new([ClockName.Utc]);
        ulong now = (ulong)Read(clocks, 0);
        Assert.Equal(TimeSpan.Zero, clocks.Until(0, now));
        Assert.InRange(clocks.Until(0, now + (100 * Second)).TotalSeconds, 90, 100);
        Assert.Equal(TimeSpan.FromDays(1), clocks.Until(0, ulong.MaxValue));
        using EventFd wake = EventFd.Create();
        clocks.Wait(TimeSpan.FromMilliseconds(5), wake);
        Assert.True((ulong)Read(clocks, 0) >= now + 5_000_000);
        wake.Signal();
        clocks.Wait(Timeout.InfiniteTimeSpan, wake);
        Assert.True(wake.TryConsume(out _));
    }

    private static long Read(HostClocks clocks, int clock)
    {
        Assert.True(clocks.TryRead(clock, out ulong time));
        return (long)time;
    }
}

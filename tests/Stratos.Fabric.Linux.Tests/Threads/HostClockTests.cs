using System.Diagnostics;

namespace Stratos.Fabric.Linux.Tests.Threads;

public sealed class HostClockTests
{
    [Fact]
    public void Clocks_show_their_time()
    {
        long utc = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        Assert.InRange(HostClock.Nanoseconds(HostClockId.Realtime) - utc, -10_000_000_000, 10_000_000_000);
        long monotonic = MonotonicClock.Nanoseconds;
        Assert.InRange(HostClock.Nanoseconds(HostClockId.Monotonic) - monotonic, 0, 10_000_000_000);
        Assert.True(HostClock.Nanoseconds(HostClockId.Boottime) >= monotonic);
        Assert.True(HostClock.Nanoseconds(HostClockId.Tai) >= utc);
    }

    [Fact]
    public void A_clock_that_there_is_not_is_an_error() => Assert.Throws<LinuxException>(() => HostClock.Nanoseconds((HostClockId)99));

    [Fact]
    public void Nothing_is_told_while_nobody_sets_the_clock()
    {
        using ClockSetWatch watch = ClockSetWatch.Create();
        Assert.False(watch.TryConsume());
        Stopwatch passed = Stopwatch.StartNew();
        Assert.Equal(PollEvents.None, Poll.Wait(watch.Descriptor, PollEvents.Readable, TimeSpan.FromMilliseconds(20)));
        Assert.True(passed.ElapsedMilliseconds >= 19);
    }
}

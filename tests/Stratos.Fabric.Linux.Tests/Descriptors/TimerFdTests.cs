using System.Diagnostics;

namespace Stratos.Fabric.Linux.Tests.Descriptors;

public sealed class TimerFdTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_timer_expires_once_and_not_before_its_time()
    {
        using TimerFd timer = TimerFd.Create();
        long start = Stopwatch.GetTimestamp();
        timer.Arm(TimeSpan.FromMilliseconds(20));
        Assert.False(timer.TryConsume(out _));
        Assert.Equal(PollEvents.Readable, Poll.Wait(timer.Descriptor, PollEvents.Readable, s_patience));
        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(20));
        Assert.True(timer.TryConsume(out ulong expirations));
        Assert.Equal(1UL, expirations);
        Assert.False(timer.TryConsume(out _));
        Assert.Equal(PollEvents.None, Poll.Wait(timer.Descriptor, PollEvents.Readable, TimeSpan.FromMilliseconds(25)));
    }

    [Fact]
    public void A_period_goes_on()
    {
        using TimerFd timer = TimerFd.Create();
        timer.Arm(TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        ulong sum = 0;
        while (sum < 5)
        {
            Assert.Equal(PollEvents.Readable, Poll.Wait(timer.Descriptor, PollEvents.Readable, s_patience));
            if (timer.TryConsume(out ulong expirations)) { sum += expirations; }
        }
    }

    [Fact]
    public void Zero_expires_at_once_and_disarming_forgets()
    {
        using TimerFd timer = TimerFd.Create();
        timer.Arm(TimeSpan.Zero);
        Assert.Equal(PollEvents.Readable, Poll.Wait(timer.Descriptor, PollEvents.Readable, s_patience));
        timer.Disarm();
        Assert.False(timer.TryConsume(out ulong expirations));
        Assert.Equal(0UL, expirations);
    }

    [Fact]
    public void Negative_times_are_refused()
    {
        using TimerFd timer = TimerFd.Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => timer.Arm(TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => timer.Arm(TimeSpan.Zero, TimeSpan.FromTicks(-1)));
    }
}

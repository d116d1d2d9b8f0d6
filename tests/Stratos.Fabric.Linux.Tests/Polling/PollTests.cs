namespace Stratos.Fabric.Linux.Tests.Polling;

public sealed class PollTests
{
    [Fact]
    public void Entries_report_what_happened_to_each()
    {
        using EventFd silent = EventFd.Create();
        using EventFd signalled = EventFd.Create(1);
        PollEntry[] entries =
        [
            new(silent.Descriptor, PollEvents.Readable),
            new(signalled.Descriptor, PollEvents.Readable),
        ];
        Assert.Equal(1, Poll.Wait(entries, -1));
        Assert.Equal(PollEvents.None, entries[0].Returned);
        Assert.Equal(PollEvents.Readable, entries[1].Returned);
        signalled.TryConsume(out _);
        Assert.Equal(0, Poll.Wait(entries, 0));
    }

    [Fact]
    public void A_hang_up_is_reported_unasked()
    {
        (UnixStream first, UnixStream second) = UnixStream.Pair();
        using (first)
        {
            second.Dispose();
            Assert.True(Poll.Wait(first.Descriptor, PollEvents.None, TimeSpan.Zero).HasFlag(PollEvents.HangUp));
        }
    }

    [Fact]
    public void A_short_timeout_is_kept_below_a_millisecond()
    {
        using EventFd silent = EventFd.Create();
        long shortest = long.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            long start = MonotonicClock.Nanoseconds;
            Assert.Equal(PollEvents.None, Poll.Wait(silent.Descriptor, PollEvents.Readable, TimeSpan.FromMicroseconds(100)));
            shortest = Math.Min(shortest, MonotonicClock.Nanoseconds - start);
        }
        Assert.InRange(shortest, 100_000, 900_000);
    }

    [Fact]
    public void Timeouts_outside_their_range_are_refused()
    {
        using EventFd silent = EventFd.Create(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => Poll.Wait(silent.Descriptor, PollEvents.Readable, TimeSpan.FromTicks(-5)));
        Assert.Equal(PollEvents.Readable, Poll.Wait(silent.Descriptor, PollEvents.Readable, TimeSpan.MaxValue));
    }

    [Fact]
    public void Another_thread_wakes_a_waiter()
    {
        using EventFd line = EventFd.Create();
        Thread waker = new(line.Signal);
        waker.Start();
        Assert.Equal(PollEvents.Readable, Poll.Wait(line.Descriptor, PollEvents.Readable, TimeSpan.FromSeconds(10)));
        waker.Join();
    }
}

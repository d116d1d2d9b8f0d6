namespace Stratos.Fabric.Linux.Tests.Polling;

public sealed class PollerTests
{
    private readonly PollResult[] _results = new PollResult[8];

    [Fact]
    public void Tokens_come_back_with_what_happened()
    {
        using Poller poller = new();
        using EventFd first = EventFd.Create();
        using EventFd second = EventFd.Create();
        poller.Add(first.Descriptor, PollEvents.Readable, ulong.MaxValue);
        poller.Add(second.Descriptor, PollEvents.Readable | PollEvents.Writable, 0x1122334455667788);
        Assert.Equal(1, poller.Wait(_results, TimeSpan.Zero));
        Assert.Equal(new PollResult(0x1122334455667788, PollEvents.Writable), _results[0]);
        first.Signal();
        Assert.Equal(2, poller.Wait(_results, -1));
        Assert.Contains(new PollResult(ulong.MaxValue, PollEvents.Readable), _results);
    }

    [Fact]
    public void Descriptors_can_be_modified_and_removed()
    {
        using Poller poller = new();
        using EventFd line = EventFd.Create(1);
        poller.Add(line.Descriptor, PollEvents.Readable | PollEvents.OneShot, 1);
        Assert.Equal(1, poller.Wait(_results, 0));
        Assert.Equal(0, poller.Wait(_results, 0));
        poller.Modify(line.Descriptor, PollEvents.Readable, 2);
        Assert.Equal(1, poller.Wait(_results, 0));
        Assert.Equal(2UL, _results[0].Token);
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => poller.Add(line.Descriptor, PollEvents.Readable, 1)).Error);
        poller.Remove(line.Descriptor);
        Assert.Equal(0, poller.Wait(_results, 0));
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => poller.Remove(line.Descriptor)).Error);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => poller.Modify(line.Descriptor, PollEvents.Readable, 1)).Error);
    }

    [Fact]
    public void An_edge_is_reported_once()
    {
        using Poller poller = new();
        using EventFd line = EventFd.Create(1);
        poller.Add(line.Descriptor, PollEvents.Readable | PollEvents.EdgeTriggered, 1);
        Assert.Equal(1, poller.Wait(_results, 0));
        Assert.Equal(0, poller.Wait(_results, 0));
        line.Signal();
        Assert.Equal(1, poller.Wait(_results, 0));
    }

    [Fact]
    public void A_closed_peer_is_seen()
    {
        using Poller poller = new();
        (UnixStream first, UnixStream second) = UnixStream.Pair();
        using (first)
        {
            poller.Add(first.Descriptor, PollEvents.Readable | PollEvents.PeerClosed, 5);
            second.Dispose();
            Assert.Equal(1, poller.Wait(_results, 0));
            Assert.True(_results[0].Events.HasFlag(PollEvents.HangUp | PollEvents.PeerClosed));
        }
    }

    [Fact]
    public void More_events_than_room_are_taken_in_turns()
    {
        using Poller poller = new();
        List<EventFd> lines = [];
        for (ulong i = 0; i < 100; i++)
        {
            EventFd line = EventFd.Create(1);
            poller.Add(line.Descriptor, PollEvents.Readable | PollEvents.OneShot, i);
            lines.Add(line);
        }
        HashSet<ulong> seen = [];
        PollResult[] results = new PollResult[200];
        Assert.Equal(3, poller.Wait(results.AsSpan(0, 3), 0));
        foreach (PollResult result in results.AsSpan(0, 3)) { seen.Add(result.Token); }
        int count;
        while ((count = poller.Wait(results, 0)) > 0)
        {
            foreach (PollResult result in results.AsSpan(0, count)) { seen.Add(result.Token); }
        }
        Assert.Equal(100, seen.Count);
        foreach (EventFd line in lines) { line.Dispose(); }
    }

    [Fact]
    public void What_cannot_wait_and_no_room_are_refused()
    {
        using Poller poller = new();
        using MemoryFile file = MemoryFile.Create("regular", 1);
        Assert.Equal(Errno.EPERM, Assert.Throws<LinuxException>(() => poller.Add(file.Descriptor, PollEvents.Readable, 1)).Error);
        Assert.Throws<ArgumentException>(() => poller.Wait([], 0));
    }

    [Fact]
    public void A_timeout_is_kept()
    {
        using Poller poller = new();
        long start = MonotonicClock.Nanoseconds;
        Assert.Equal(0, poller.Wait(_results, TimeSpan.FromMilliseconds(15.5)));
        Assert.True(MonotonicClock.Nanoseconds - start >= 15_500_000);
    }
}

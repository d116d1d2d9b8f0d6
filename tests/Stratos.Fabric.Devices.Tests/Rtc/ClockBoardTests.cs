using Stratos.Fabric.Devices.Rtc;
using Stratos.Fabric.Devices.Rtc.Simulation;
using Stratos.Fabric.Devices.Rtc.Time;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Tests.Rtc;

public sealed class ClockBoardTests : IDisposable
{
    private const long Second = 1_000_000_000;
    private long _now = 5 * Second;
    private readonly ClockBoard _board;

    public ClockBoardTests() => _board = ClockBoard.Private(() => _now);

    public void Dispose() => _board.Dispose();

    [Fact]
    public void A_new_board_shows_the_time_of_the_host()
    {
        long utc = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        Assert.InRange(Read(ClockName.Utc), utc - (60 * Second), utc + Second);
        Assert.Equal(Read(ClockName.Utc), Read(ClockName.Smeared));
        Assert.Equal(Read(ClockName.Utc) + (37 * Second), Read(ClockName.Tai));
        Assert.Equal(_now, Read(ClockName.Monotonic));
    }

    [Fact]
    public void Clocks_are_set_stepped_stopped_and_drift()
    {
        foreach (ClockName clock in Enum.GetValues<ClockName>())
        {
            _board.Set(clock, 2_000_000_000 * Second);
            Assert.Equal(2_000_000_000 * Second, Read(clock));
            _now += 10 * Second;
            Assert.Equal(2_000_000_010 * Second, Read(clock));
            _board.Step(clock, TimeSpan.FromSeconds(-3));
            Assert.Equal(2_000_000_007 * Second, Read(clock));
            _board.SetRate(clock, 1.0001);
            _now += 1000 * Second;
            Assert.Equal((2_000_001_007 * Second) + (Second / 10), Read(clock));
            _board.SetRate(clock, 0);
            _now += 1000 * Second;
            Assert.Equal((2_000_001_007 * Second) + (Second / 10), Read(clock));
        }
    }

    [Fact]
    public void A_leap_second_passes_as_it_was_scripted()
    {
        LeapSecond leap = LeapSecond.AtEndOf(new DateOnly(2030, 12, 31));
        _board.ScriptLeapSeconds(37, leap);
        foreach (ClockName clock in new[] { ClockName.Utc, ClockName.Smeared, ClockName.Tai })
        {
            _board.Set(clock, ((leap.Midnight - 50_000) * Second) + (clock is ClockName.Tai ? 37 * Second : 0));
        }
        _now += 50_000 * Second;
        Assert.Equal((leap.Midnight - 1) * Second, Read(ClockName.Utc));
        Assert.InRange(Read(ClockName.Smeared) - Read(ClockName.Utc), (Second / 2) - (Second / 1000), (Second / 2) + (Second / 1000));
        _now += 50_000 * Second;
        Assert.Equal(Read(ClockName.Utc), Read(ClockName.Smeared));
        Assert.Equal(38 * Second, Read(ClockName.Tai) - Read(ClockName.Utc));
    }

    [Theory]
    [InlineData(ClockName.Smeared)]
    [InlineData(ClockName.SmearedSls)]
    [InlineData(ClockName.MaybeSmeared)]
    public void A_smeared_clock_is_set_exactly_within_its_smear(ClockName clock)
    {
        LeapSecond leap = LeapSecond.AtEndOf(new DateOnly(2030, 12, 31));
        _board.ScriptLeapSeconds(37, leap);
        foreach (int seconds in new[] { -43_000, -999, -500, -1, 0, 1, 43_000 })
        {
            _board.Set(clock, (leap.Midnight + seconds) * Second);
            Assert.InRange(Read(clock) - ((leap.Midnight + seconds) * Second), -2, 2);
        }
    }

    [Fact]
    public void Tells_how_long_a_time_is_away()
    {
        long now = Read(ClockName.Utc);
        Assert.Equal(TimeSpan.Zero, _board.Until(ClockName.Utc, now));
        Assert.InRange(_board.Until(ClockName.Utc, now + (100 * Second))!.Value.TotalSeconds, 99, 100);
        _board.SetRate(ClockName.Utc, 1000);
        Assert.InRange(_board.Until(ClockName.Utc, now + (100 * Second))!.Value.TotalSeconds, 0.099, 0.1);
        _board.SetRate(ClockName.Utc, 0);
        Assert.Null(_board.Until(ClockName.Utc, now + (100 * Second)));
        _board.SetRate(ClockName.Utc, 0.000_000_001);
        Assert.Null(_board.Until(ClockName.Utc, long.MaxValue));
    }

    [Fact]
    public void The_counter_counts_with_the_board()
    {
        _board.SetCounter(100, hertz: 24_000_000);
        _now += Second / 2;
        Assert.True(_board.TryReadCross(ClockName.Tai, out long tai, out ulong cycles));
        Assert.Equal((Read(ClockName.Tai), 12_000_100ul), (tai, cycles));
    }

    [Fact]
    public void A_file_keeps_the_clocks_for_whoever_opens_it_next()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (ClockBoard first = ClockBoard.Open(path))
            {
                first.SetRate(ClockName.Utc, 0);
                first.Set(ClockName.Utc, 1234);
                first.Fail(ClockName.Tai, fails: true);
            }
            using ClockBoard second = ClockBoard.Open(path);
            Assert.True(second.TryRead(ClockName.Utc, out long utc));
            Assert.Equal(1234, utc);
            Assert.False(second.TryRead(ClockName.Tai, out _));
            ulong changes = second.Changes;
            using ClockBoard third = ClockBoard.Open(path);
            third.Step(ClockName.Utc, TimeSpan.FromSeconds(1));
            Assert.Equal(changes + 1, second.Changes);
            Assert.True(second.TryRead(ClockName.Utc, out utc));
            Assert.Equal(1234 + Second, utc);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Readers_never_see_half_a_change()
    {
        using ClockBoard board = ClockBoard.Private();
        Assert.True(board.TryRead(ClockName.Monotonic, out long first));
        Assert.InRange(MonotonicClock.Nanoseconds - first, 0, Second);
        using CancellationTokenSource stop = new();
        // A step by nothing writes both where the clock was and when; one without the other would be another time.
        Thread writer = new(() =>
        {
            while (!stop.IsCancellationRequested) { board.Step(ClockName.Monotonic, TimeSpan.Zero); }
        });
        writer.Start();
        for (int i = 0; i < 200_000; i++)
        {
            long before = MonotonicClock.Nanoseconds;
            Assert.True(board.TryRead(ClockName.Monotonic, out long read));
            Assert.InRange(read, before, MonotonicClock.Nanoseconds);
        }
        stop.Cancel();
        writer.Join();
        Assert.True(board.Changes > 100);
    }

    private long Read(ClockName clock)
    {
        Assert.True(_board.TryRead(clock, out long time));
        return time;
    }
}

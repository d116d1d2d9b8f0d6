using Stratos.Testing;

namespace Stratos.Workload.Tests;

/// <summary>Blackouts are measured from the kill to the end of the longest silence, past what may have been in flight.</summary>
public sealed class BlackoutTests
{
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void Completions_from_before_the_kill_do_not_end_a_blackout()
    {
        var meter = new BlackoutMeter();
        meter.Begin();
        meter.Died(inFlight: 4);
        meter.Completed(4);
        Silence();
        meter.Completed(1);
        var blackout = meter.End(TimeSpan.FromSeconds(1));
        Assert.NotNull(blackout);
        Assert.InRange(blackout.Value, s_silence, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void However_many_complete_before_the_server_is_dead_do_not_end_a_blackout()
    {
        var meter = new BlackoutMeter();
        meter.Begin();
        meter.Completed(1000);
        Assert.Null(meter.End(TimeSpan.FromMilliseconds(20)));
        meter.Died(inFlight: 4);
        Silence();
        meter.Completed(5);
        Assert.InRange(meter.End(TimeSpan.FromSeconds(1))!.Value, s_silence, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void The_longest_silence_counts()
    {
        var meter = new BlackoutMeter();
        meter.Begin();
        meter.Died(inFlight: 4);
        Silence();
        meter.Completed(1);
        var first = TimeSpan.FromMilliseconds(30);
        Silence();
        Silence();
        meter.Completed(10);
        Assert.InRange(meter.End(TimeSpan.FromSeconds(1))!.Value, 3 * first, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Too_few_completions_are_no_blackout()
    {
        var meter = new BlackoutMeter();
        meter.Completed(3);
        meter.Begin();
        meter.Died(inFlight: 4);
        meter.Completed(4);
        Assert.Null(meter.End(TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void A_summary_has_median_and_worst()
    {
        var summary = BlackoutSummary.Of(Enumerable.Range(1, 11).Reverse().Select(i => TimeSpan.FromMilliseconds(i)));
        Assert.Equal(new(11, Ms(1), Ms(6), Ms(10), Ms(11)), summary);
        Assert.Equal("11 kills, blackout median 6.0 ms, 90 % 10.0 ms, worst 11.0 ms", summary.ToString());
        Assert.Equal(default, BlackoutSummary.Of([]));
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static void Silence()
    {
        var end = System.Diagnostics.Stopwatch.StartNew();
        WaitFor.Condition(() => end.Elapsed > s_silence, "the silence to pass");
    }
}

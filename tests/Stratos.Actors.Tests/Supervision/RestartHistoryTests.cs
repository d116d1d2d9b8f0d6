using CsCheck;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Tests.Supervision;

public sealed class RestartHistoryTests
{
    private static readonly Gen<RestartPolicy> Policies =
        Gen.Select(Gen.Int[0, 10], Gen.Int[1, 10_000], Gen.Int[1, 100], Gen.Int[1, 100], (limit, within, first, more) => new RestartPolicy(
            limit, TimeSpan.FromMilliseconds(within), TimeSpan.FromMilliseconds(first), TimeSpan.FromMilliseconds(first + more)));

    /// <summary>Times between failures, in milliseconds.</summary>
    private static readonly Gen<int[]> Gaps = Gen.Int[0, 3000].Array[0, 60];

    [Fact]
    public void Never_more_restarts_than_the_limit_within_any_window() => Gen.Select(Policies, Gaps).Sample((policy, gaps) =>
    {
        var restarted = Restarts(policy, gaps);
        return restarted.All(last => restarted.Count(at => at <= last && last - at < policy.Within) <= policy.Limit);
    });

    [Fact]
    public void A_failure_below_the_limit_is_always_answered_by_a_restart() => Gen.Select(Policies, Gaps).Sample((policy, gaps) =>
    {
        var history = RestartHistory.Clean;
        var now = TimeSpan.Zero;
        foreach (int gap in gaps)
        {
            now += TimeSpan.FromMilliseconds(gap);
            int counting = history.Recent.Count(at => now - at < policy.Within);
            (history, var verdict) = history.Failed(policy, now);
            if (verdict is RestartVerdict.Restart != (counting < policy.Limit))
                return false;
        }
        return true;
    });

    [Fact]
    public void The_back_off_grows_from_the_first_delay_to_the_longest() => Gen.Select(Policies, Gen.Int[0, 5000]).Sample((policy, number) =>
    {
        var delay = policy.Delay(number);
        return delay >= policy.FirstDelay && delay <= policy.LongestDelay && policy.Delay(number + 1) >= delay;
    });

    [Fact]
    public void A_quiet_window_makes_the_next_failure_the_first_again()
    {
        var policy = new RestartPolicy(3, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));
        var (history, _) = RestartHistory.Clean.Failed(policy, TimeSpan.Zero);
        (history, var second) = history.Failed(policy, TimeSpan.FromMilliseconds(10));
        Assert.Equal(new RestartVerdict.Restart(2, TimeSpan.FromMilliseconds(20)), second);
        (_, var later) = history.Failed(policy, TimeSpan.FromSeconds(2));
        Assert.Equal(new RestartVerdict.Restart(1, TimeSpan.FromMilliseconds(10)), later);
    }

    [Fact]
    public void Without_a_limit_it_never_gives_up_and_never_grows()
    {
        var policy = new RestartPolicy(null, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(80));
        var history = RestartHistory.Clean;
        for (int failure = 0; failure < 10_000; failure++)
        {
            (history, var verdict) = history.Failed(policy, TimeSpan.FromMicroseconds(failure));
            Assert.IsType<RestartVerdict.Restart>(verdict);
        }
        Assert.InRange(history.Recent.Length, 1, 64);
    }

    private static List<TimeSpan> Restarts(RestartPolicy policy, int[] gaps)
    {
        var history = RestartHistory.Clean;
        var now = TimeSpan.Zero;
        var restarted = new List<TimeSpan>();
        foreach (int gap in gaps)
        {
            now += TimeSpan.FromMilliseconds(gap);
            (history, var verdict) = history.Failed(policy, now);
            if (verdict is RestartVerdict.Restart)
                restarted.Add(now);
        }
        return restarted;
    }
}

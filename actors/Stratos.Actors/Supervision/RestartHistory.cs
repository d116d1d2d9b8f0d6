using System.Collections.Immutable;

namespace Stratos.Actors.Supervision;

/// <summary>
/// The restarts of one thing that still count. A pure value: time comes in with the failure, no clock is read.
/// </summary>
/// <param name="Recent">When each of them was decided, ascending, as time since an origin of the caller's.</param>
public sealed record RestartHistory(ImmutableArray<TimeSpan> Recent)
{
    /// <summary>Nothing has failed yet.</summary>
    public static RestartHistory Clean { get; } = new(ImmutableArray<TimeSpan>.Empty);

    /// <summary>Decides what follows a failure at <paramref name="now"/>.</summary>
    /// <returns>The history after the decision, and the decision.</returns>
    public (RestartHistory History, RestartVerdict Verdict) Failed(RestartPolicy policy, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var counting = Recent.RemoveAll(at => now - at >= policy.Within);
        if (policy.Limit is { } limit && counting.Length >= limit)
            return (new(counting), new RestartVerdict.GiveUp(counting.Length));
        var delay = policy.Delay(counting.Length);
        // Without a limit the list must not grow with the number of failures: the back-off is at its longest long before.
        if (counting.Length >= MostRemembered)
            counting = counting.RemoveAt(0);
        return (new(counting.Add(now)), new RestartVerdict.Restart(counting.Length + 1, delay));
    }

    private const int MostRemembered = 64;
}

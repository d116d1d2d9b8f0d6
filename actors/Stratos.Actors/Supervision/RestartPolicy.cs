namespace Stratos.Actors.Supervision;

/// <summary>How often, and how soon, something that failed is started again.</summary>
/// <param name="Limit">Most restarts within <paramref name="Within"/>; one more failure escalates. Null for no limit.</param>
/// <param name="Within">The time that a restart counts.</param>
/// <param name="FirstDelay">Back-off before the first restart; each further one within the window waits twice as long.</param>
/// <param name="LongestDelay">The longest back-off.</param>
public sealed record RestartPolicy(int? Limit, TimeSpan Within, TimeSpan FirstDelay, TimeSpan LongestDelay)
{
    /// <summary>The back-off before restart number <paramref name="number"/> (0 for the first) within the window.</summary>
    public TimeSpan Delay(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        // 2^40 milliseconds are thirty-four years: doubling beyond that says nothing and would overflow.
        double delay = FirstDelay.Ticks * Math.Pow(2, Math.Min(number, 40));
        return delay >= LongestDelay.Ticks ? LongestDelay : TimeSpan.FromTicks((long)delay);
    }
}

namespace Stratos.Workload;

/// <summary>What many blackouts come to.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="Shortest">The shortest.</param>
/// <param name="Median">The median.</param>
/// <param name="Percentile90">Nine of ten were no longer.</param>
/// <param name="Worst">The longest.</param>
public readonly record struct BlackoutSummary(int Count, TimeSpan Shortest, TimeSpan Median, TimeSpan Percentile90, TimeSpan Worst)
{
    /// <summary>Sums up; all zero for none.</summary>
    public static BlackoutSummary Of(IEnumerable<TimeSpan> blackouts)
    {
        TimeSpan[] sorted = [.. blackouts.Order()];
        return sorted.Length == 0
            ? default
            : new(sorted.Length, sorted[0], sorted[sorted.Length / 2], sorted[(sorted.Length - 1) * 9 / 10], sorted[^1]);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Count} kills, blackout median {Median.TotalMilliseconds:0.0} ms, 90 % {Percentile90.TotalMilliseconds:0.0} ms, worst {Worst.TotalMilliseconds:0.0} ms";
}

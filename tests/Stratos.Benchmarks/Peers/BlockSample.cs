namespace Stratos.Benchmarks.Peers;

/// <summary>One round: both sides right after each other.</summary>
/// <param name="Ours">Our requests a second.</param>
/// <param name="Peer">The peer's requests a second.</param>
/// <param name="Line">Nanoseconds of a cache line there and back, the mean of before and after.</param>
internal readonly record struct BlockSample(double Ours, double Peer, double Line)
{
    /// <summary>Ours over the peer's; above 1 we are faster.</summary>
    public double Ratio => Ours / Peer;

    /// <summary>The middle one.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2] + sorted[(sorted.Length / 2) - 1]) / 2;
    }
}

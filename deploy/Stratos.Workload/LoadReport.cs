namespace Stratos.Workload;

/// <summary>What became of every request of a load.</summary>
/// <param name="Name">The load.</param>
/// <param name="Seed">The seed that plays the same load again.</param>
/// <param name="Duration">How long it ran.</param>
/// <param name="Done">Requests that completed as they should.</param>
/// <param name="Failed">Requests that the device completed with an error.</param>
/// <param name="Lost">Requests that were never completed, and bytes or records of a stream that never arrived.</param>
/// <param name="Repeated">Requests completed twice, and records of a stream that came twice or out of order.</param>
/// <param name="Corrupted">Requests and blocks whose data is not what it must be.</param>
/// <param name="Reconnects">How often the frontend had to connect again.</param>
/// <param name="Problems">The first problems, in words.</param>
public sealed record LoadReport(
    string Name, int Seed, TimeSpan Duration, long Done, long Failed, long Lost, long Repeated, long Corrupted, int Reconnects, IReadOnlyList<string> Problems)
{
    /// <summary>Whether nothing was lost, repeated, corrupted or failed.</summary>
    public bool IsClean => Failed + Lost + Repeated + Corrupted == 0 && Problems.Count == 0;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} (seed {Seed}): {Done} done, {Failed} failed, {Lost} lost, {Repeated} repeated, {Corrupted} corrupted, {Reconnects} reconnects in {Duration.TotalSeconds:0.0} s"
        + string.Concat(Problems.Select(problem => $"{Environment.NewLine}  {problem}"));
}

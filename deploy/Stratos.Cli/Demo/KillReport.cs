using Stratos.Workload;

namespace Stratos.Cli.Demo;

/// <summary>What a <see cref="KillCampaign"/> came to.</summary>
/// <param name="Kills">How often a server was killed.</param>
/// <param name="Loads">By device: the account of its load.</param>
/// <param name="Blackouts">By device: from the kill to the end of the silence that it caused.</param>
public sealed record KillReport(int Kills, IReadOnlyDictionary<string, LoadReport> Loads, IReadOnlyDictionary<string, BlackoutSummary> Blackouts)
{
    /// <summary>Whether every request was done once and rightly.</summary>
    public bool IsClean => Loads.Values.All(static load => load.IsClean);
}

namespace Stratos.Workload;

/// <summary>What every load has in common.</summary>
public record LoadOptions
{
    /// <summary>Chooses the load's requests; the same seed plays the same choices.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How long a request may take before it counts as lost.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the load tries to connect again after it lost the backend; zero if that must not happen, as when a
    /// session keeper holds the connection.
    /// </summary>
    public TimeSpan ReconnectWithin { get; init; }

    /// <summary>Most requests per second; 0 for as many as go.</summary>
    public int Rate { get; init; }
}

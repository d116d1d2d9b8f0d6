using Stratos.Transports.Keeper.Grants;
using Stratos.Transports.Keeper.Session;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>What a keeper keeps, and how.</summary>
public sealed record KeeperOptions
{
    /// <summary>The socket to which workers connect.</summary>
    public required string ControlPath { get; init; }

    /// <summary>The devices; names and sockets differ.</summary>
    public required IReadOnlyList<KeeperDevice> Devices { get; init; }

    /// <summary>Bounds and deadlines of each session.</summary>
    public KeeperLimits Limits { get; init; } = KeeperLimits.Default;

    /// <summary>Who is granted a session.</summary>
    public IGrantPolicy Policy { get; init; } = new OwnerThenStandby();

    /// <summary>How long sessions may take to end in order when the keeper is stopped.</summary>
    public TimeSpan StopDeadline { get; init; } = TimeSpan.FromSeconds(5);
}

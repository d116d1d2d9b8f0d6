using System.Collections.Immutable;

namespace Stratos.Actors.Settings;

/// <summary>How a partition is a member of the cluster.</summary>
/// <param name="Enabled">Whether it becomes a member at all.</param>
/// <param name="Host">The address that it listens on and is known by.</param>
/// <param name="Port">The TCP port; 0 for any free one, which cannot be a seed.</param>
/// <param name="Seeds">Where to ask for admission, as <c>host:port</c>; empty to form a cluster of one.</param>
/// <param name="HeartbeatInterval">Time between heartbeats.</param>
/// <param name="AcceptablePause">Silence that is not yet taken for unreachability. Conservative: failover does not wait for it.</param>
/// <param name="LeaveLimit">How long leaving in order may take when the partition stops.</param>
/// <param name="Security">How members authenticate each other.</param>
public sealed record ClusterSettings(
    bool Enabled,
    string Host,
    int Port,
    ImmutableArray<string> Seeds,
    TimeSpan HeartbeatInterval,
    TimeSpan AcceptablePause,
    TimeSpan LeaveLimit,
    TransportSecurity Security);

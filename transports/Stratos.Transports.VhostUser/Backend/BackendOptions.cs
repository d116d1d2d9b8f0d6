using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>How a device is reached over vhost-user.</summary>
public sealed record BackendOptions
{
    /// <summary>Path of the Unix socket, at most 107 bytes.</summary>
    public required string SocketPath { get; init; }

    /// <summary>How the connection comes about.</summary>
    public BackendMode Mode { get; init; } = BackendMode.Listen;

    /// <summary>What this worker wants to be; used with <see cref="BackendMode.Keeper"/>.</summary>
    public KeeperRole Role { get; init; } = KeeperRole.Owner;

    /// <summary>Most memory regions of a session, 8 to 509; each is a mapping.</summary>
    public int MemorySlots { get; init; } = BackendFeatures.MemorySlots;

    /// <summary>The pause before the first attempt to connect again; it doubles up to <see cref="LongestPause"/>.</summary>
    public TimeSpan ShortestPause { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The longest pause between two attempts to connect.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a worker that is to stop waits for its keeper to relieve it.</summary>
    public TimeSpan LeavePatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Takes one line for each thing that an operator should know; called on the session's thread.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

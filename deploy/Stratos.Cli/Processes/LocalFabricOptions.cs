namespace Stratos.Cli.Processes;

/// <summary>A device and the socket on which frontends find it.</summary>
/// <param name="Spec">The device as <c>stratos partition --device</c> takes it.</param>
/// <param name="Name">The device's name within the fabric.</param>
/// <param name="Socket">Path of the vhost-user socket.</param>
/// <param name="Connect">True when the frontend listens there, false when the keeper does.</param>
public sealed record ServedDevice(string Spec, string Name, string Socket, bool Connect = false);

/// <summary>The processes of a <see cref="LocalFabric"/>.</summary>
public sealed record LocalFabricOptions
{
    /// <summary>Folder for the control socket; it exists and is private to the user.</summary>
    public required string Folder { get; init; }

    /// <summary>The devices that are served.</summary>
    public required IReadOnlyList<ServedDevice> Devices { get; init; }

    /// <summary>Whether a second partition waits, warm, to take over.</summary>
    public bool Standby { get; init; } = true;

    /// <summary>Whether the partitions are members of a cluster on this machine.</summary>
    public bool Cluster { get; init; } = true;

    /// <summary>Whether a partition that ended is started again.</summary>
    public bool Restart { get; init; } = true;

    /// <summary>Further arguments of every partition.</summary>
    public IReadOnlyList<string> PartitionArguments { get; init; } = [];

    /// <summary>Takes the events and the children's lines, from any thread.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

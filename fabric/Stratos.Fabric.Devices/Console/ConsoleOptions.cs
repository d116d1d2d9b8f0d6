namespace Stratos.Fabric.Devices.Console;

/// <summary>How a console device is set up.</summary>
public sealed record ConsoleOptions
{
    /// <summary>Most ports that a device can have.</summary>
    public const int MaxPorts = 31;

    /// <summary>The ports, 1 to 31. The first is a console; with more than one the device has control queues.</summary>
    public required IReadOnlyList<ConsolePortOptions> Ports { get; init; }

    /// <summary>Whether to have control queues even with a single port.</summary>
    public bool MultiPort { get; init; }

    /// <summary>Columns of the first port until its terminal tells its own; 0 to 65535.</summary>
    public ushort Columns { get; init; } = 80;

    /// <summary>Rows of the first port until its terminal tells its own; 0 to 65535.</summary>
    public ushort Rows { get; init; } = 25;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">One cannot be used; the message names it and the remedy.</exception>
    public void Validate()
    {
        if (Ports.Count is < 1 or > MaxPorts) { throw new ArgumentException($"ports: a console has 1 to {MaxPorts} ports, not {Ports.Count}."); }
        foreach (ConsolePortOptions port in Ports) { port.Validate(); }
        if (Ports.Count(static port => port.Stdio) > 1) { throw new ArgumentException("stdio: only one port can be the standard input and output."); }
    }
}

using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Devices.Console.Streams;

namespace Stratos.Fabric.Devices.Console;

/// <summary>
/// The terminals of a console device, owned by a process that lets others serve the device and outlives them: for each
/// port on a terminal it runs a <see cref="ConsoleStreamHost"/>, and the serving processes are given that host's socket.
/// </summary>
public sealed class ConsoleLauncher : DeviceLauncher
{
    private readonly List<ConsoleStreamHost> _hosts;
    private readonly List<string> _notes = [];
    private readonly CancellationTokenSource _ended = new();

    private ConsoleLauncher(ConsoleOptions options, string folder, List<ConsoleStreamHost> hosts) : base(new Dictionary<string, string>())
    {
        _hosts = hosts;
        ConsolePortOptions[] ports = [.. options.Ports.Select((port, i) => Own(port, Path.Combine(folder, $"console-port{i}.sock")))];
        Options = ConsoleOptionTexts.Write(options with { Ports = ports });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => _notes;

    /// <inheritdoc/>
    public override CancellationToken Ended => _ended.Token;

    /// <summary>Takes the terminals that the options name.</summary>
    /// <param name="options">Options of the kind <c>console</c>.</param>
    /// <param name="folder">A folder of this process's own, for the sockets.</param>
    /// <exception cref="ArgumentException">An option is unknown or cannot be used; the message names it and the remedy.</exception>
    public static ConsoleLauncher Open(IReadOnlyDictionary<string, string> options, string folder)
    {
        ConsoleOptions read = ConsoleOptionTexts.Read(new DeviceOptionValues(ConsoleKind.Kind, options));
        List<ConsoleStreamHost> hosts = [];
        try
        {
            return new ConsoleLauncher(read, folder, hosts);
        }
        catch
        {
            foreach (ConsoleStreamHost host in hosts) { host.Dispose(); }
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (ConsoleStreamHost host in _hosts) { host.Dispose(); }
        _ended.Dispose();
        base.Dispose(disposing);
    }

    private ConsolePortOptions Own(ConsolePortOptions port, string socket)
    {
        if (!port.IsTerminal) { return port; }
        IConsoleTerminal terminal = port.OpenTerminal();
        try
        {
            _hosts.Add(new ConsoleStreamHost(terminal, socket) { Ended = _ended.Cancel });
        }
        catch
        {
            terminal.Dispose();
            throw;
        }
        if (terminal is PtyTerminal pty) { _notes.Add($"console on {pty.Path}{(port.Pty is "" ? "" : $" ({port.Pty})")}"); }
        if (terminal is StdioTerminal) { _notes.Add("console on this terminal; Ctrl-] leaves"); }
        return port with { Pty = null, Stdio = false, Stream = socket };
    }
}

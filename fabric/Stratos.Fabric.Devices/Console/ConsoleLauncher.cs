using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Devices.Console.Streams;

namespace Stratos.Fabric.Devices.Console;

/// <summary>
/// The terminals of a console device, owned by a process that starts the device's process and outlives it: for each port
/// on a terminal it runs a <see cref="ConsoleStreamHost"/>, and the device's process is given that host's socket instead.
/// </summary>
public sealed class ConsoleLauncher : IDisposable
{
    private readonly List<ConsoleStreamHost> _hosts = [];
    private readonly List<string> _terminals = [];
    private readonly CancellationTokenSource _ended = new();

    private ConsoleLauncher(IReadOnlyDictionary<string, string> options) => DeviceOptions = options;

    /// <summary>The options for the device's process: those given, with streams in the place of terminals.</summary>
    public IReadOnlyDictionary<string, string> DeviceOptions { get; private set; }

    /// <summary>Paths of the pseudo-terminals that were made, for the user.</summary>
    public IReadOnlyList<string> Terminals => _terminals;

    /// <summary>Cancelled when the user left the terminal with Ctrl-].</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Takes the terminals that the options name.</summary>
    /// <param name="options">Options of the kind <c>console</c>.</param>
    /// <param name="directory">A directory of this process's own, for the sockets.</param>
    /// <exception cref="ArgumentException">An option is unknown or cannot be used; the message names it and the remedy.</exception>
    public static ConsoleLauncher Open(IReadOnlyDictionary<string, string> options, string directory)
    {
        ConsoleOptions read = ConsoleOptionTexts.Read(new DeviceOptionValues(DeviceKinds.Console, options));
        ConsoleLauncher launcher = new(options);
        try
        {
            ConsolePortOptions[] ports = [.. read.Ports.Select((port, i) => launcher.Own(port, Path.Combine(directory, $"console-port{i}.sock")))];
            launcher.DeviceOptions = ConsoleOptionTexts.Write(read with { Ports = ports });
            return launcher;
        }
        catch
        {
            launcher.Dispose();
            throw;
        }
    }

    /// <summary>Gives the terminals back.</summary>
    public void Dispose()
    {
        foreach (ConsoleStreamHost host in _hosts) { host.Dispose(); }
        _ended.Dispose();
    }

    private ConsolePortOptions Own(ConsolePortOptions port, string socket)
    {
        if (!port.IsTerminal) { return port; }
        IConsoleTerminal terminal = port.OpenTerminal();
        if (terminal is PtyTerminal pty) { _terminals.Add(pty.Path); }
        ConsoleStreamHost host;
        try
        {
            host = new ConsoleStreamHost(terminal, socket);
        }
        catch
        {
            terminal.Dispose();
            throw;
        }
        host.Ended = _ended.Cancel;
        _hosts.Add(host);
        return port with { Pty = null, Stdio = false, Stream = socket };
    }
}

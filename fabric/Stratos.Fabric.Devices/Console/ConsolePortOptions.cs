using System.Text;
using Stratos.Fabric.Devices.Console.Streams;

namespace Stratos.Fabric.Devices.Console;

/// <summary>How one port is set up. Exactly one of <see cref="File"/>, <see cref="Stream"/>, <see cref="Pty"/> and <see cref="Stdio"/> says where its bytes go.</summary>
public sealed record ConsolePortOptions
{
    /// <summary>Most bytes of UTF-8 in a port's name.</summary>
    public const int MaxNameBytes = 64;

    /// <summary>The name that the guest sees under /dev/virtio-ports; empty for none. Only with several ports.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether the guest is told to use the port as a console; a first port always is one.</summary>
    public bool IsConsole { get; init; }

    /// <summary>A regular file to which output is appended; there is no input.</summary>
    public string? File { get; init; }

    /// <summary>The Unix socket of a console stream's host, which outlives this process.</summary>
    public string? Stream { get; init; }

    /// <summary>A pseudo-terminal: where to put a symbolic link to it, or empty for none.</summary>
    public string? Pty { get; init; }

    /// <summary>Whether the port is the standard input and output of the process that owns the terminal.</summary>
    public bool Stdio { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One cannot be used; the message names it and the remedy.</exception>
    public void Validate()
    {
        int given = (File is null ? 0 : 1) + (Stream is null ? 0 : 1) + (Pty is null ? 0 : 1) + (Stdio ? 1 : 0);
        if (given != 1) { throw new ArgumentException("file, stream, pty, stdio: give exactly one of them, to say where a port's bytes go."); }
        if (File is "") { throw new ArgumentException("file: the path is empty. Name the file to append to."); }
        if (Stream is "") { throw new ArgumentException("stream: the path is empty. Name the Unix socket of the stream's host."); }
        if (Encoding.UTF8.GetByteCount(Name) > MaxNameBytes) { throw new ArgumentException($"ports: the name '{Name}' is longer than {MaxNameBytes} bytes. Shorten it."); }
    }

    /// <summary>Whether the port's other end is a terminal, which one process owns.</summary>
    internal bool IsTerminal => Pty is not null || Stdio;

    /// <summary>Opens where the bytes go.</summary>
    /// <exception cref="ArgumentException">It cannot be used; the message names the option and the remedy.</exception>
    internal IConsoleStream OpenStream()
    {
        if (Stream is not null) { return new ConsoleStreamPort(Stream); }
        if (IsTerminal) { return new ConsoleStreamPort(new ConsoleStreamHost(OpenTerminal(), path: null)); }
        try
        {
            return new FileConsoleStream(File!);
        }
        catch (IOException failure)
        {
            throw new ArgumentException($"file: '{File}' cannot be appended to ({failure.Message}). Name a regular file, new or old, that this user may write.", failure);
        }
    }

    /// <summary>Opens the terminal.</summary>
    /// <exception cref="ArgumentException">It cannot be had; the message names the option and the remedy.</exception>
    internal IConsoleTerminal OpenTerminal()
    {
        try
        {
            return Stdio ? new StdioTerminal() : new PtyTerminal(Pty is "" ? null : Pty);
        }
        catch (IOException failure)
        {
            throw new ArgumentException($"{(Stdio ? "stdio" : "pty")}: the terminal cannot be had ({failure.Message}). Use stream or file instead, or another place for the link.", failure);
        }
    }
}

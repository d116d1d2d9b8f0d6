using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Console.Streams;

/// <summary>A new pseudo-terminal; programs such as <c>screen</c> open its other end.</summary>
public sealed class PtyTerminal : IConsoleTerminal
{
    private readonly PseudoTerminal _pair = PseudoTerminal.Open();
    private readonly string? _link;

    /// <summary>Makes the terminal.</summary>
    /// <param name="link">Where to put a symbolic link to the other end; null for none. A link that is there is replaced.</param>
    /// <exception cref="LinuxException">The system has no pseudo-terminal left.</exception>
    /// <exception cref="IOException">The link cannot be made: its place is taken by something else.</exception>
    public PtyTerminal(string? link = null)
    {
        try
        {
            _pair.Master.IsNonBlocking = true;
            // Only once opened and closed does the other end show whether somebody has it.
            _pair.OpenSlave().Dispose();
            if (link is null) { return; }
            FileInfo place = new(link);
            if (place.LinkTarget is not null) { place.Delete(); }
            File.CreateSymbolicLink(link, _pair.SlavePath);
            _link = link;
        }
        catch
        {
            _pair.Dispose();
            throw;
        }
    }

    /// <summary>The path that programs open.</summary>
    public string Path => _pair.SlavePath;

    /// <inheritdoc/>
    public FileDescriptor? Input => _pair.Master;

    /// <inheritdoc/>
    public FileDescriptor Output => _pair.Master;

    /// <inheritdoc/>
    public bool IsPresent => (Poll.Wait(_pair.Master, PollEvents.None, TimeSpan.Zero) & PollEvents.HangUp) == 0;

    /// <inheritdoc/>
    public bool IsEnded => false;

    /// <inheritdoc/>
    public TerminalSize? Size
    {
        get
        {
            (ushort columns, ushort rows) = _pair.GetSize();
            return columns == 0 || rows == 0 ? null : new TerminalSize(columns, rows);
        }
    }

    /// <inheritdoc/>
    public IoResult Read(Span<byte> destination) => FileIo.Read(_pair.Master, destination);

    /// <inheritdoc/>
    public IoResult Write(ReadOnlySpan<byte> bytes) => FileIo.Write(_pair.Master, bytes);

    /// <inheritdoc/>
    public void WatchSize(Action changed) { }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_link is not null && new FileInfo(_link).LinkTarget == _pair.SlavePath) { File.Delete(_link); }
        _pair.Dispose();
    }
}

namespace Stratos.Fabric.Linux;

/// <summary>A terminal that was put into raw mode, and the mode that it gets back on disposal.</summary>
/// <remarks>Raw: bytes go through as they are, keys do not raise signals, nothing is echoed. Any thread.</remarks>
public sealed unsafe class TerminalMode : IDisposable
{
    private const uint GetWindow = 0x5413;         // TIOCGWINSZ
    private const int TermiosSpace = 256;          // struct termios is 60 bytes
    private const int AfterOutput = 1;             // TCSADRAIN

    private readonly FileDescriptor _terminal;
    private readonly byte[] _before;
    private bool _restored;

    private TerminalMode(FileDescriptor terminal, byte[] before) => (_terminal, _before) = (terminal, before);

    /// <summary>Puts a terminal into raw mode.</summary>
    /// <param name="descriptor">The terminal, which has to stay open until the result is disposed.</param>
    /// <returns>The mode to give back; null if the descriptor is not a terminal.</returns>
    /// <exception cref="LinuxException">The kernel refused for another reason.</exception>
    public static TerminalMode? TryMakeRaw(FileDescriptor descriptor)
    {
        byte* termios = stackalloc byte[TermiosSpace];
        IoResult read = IoResult.Capture(Libc.GetTerminal(descriptor, termios));
        if (!read.IsSuccess) { return null; }
        TerminalMode mode = new(descriptor, new ReadOnlySpan<byte>(termios, TermiosSpace).ToArray());
        Libc.MakeRaw(termios);
        IoResult.Capture(Libc.SetTerminal(descriptor, AfterOutput, termios)).OrThrow("tcsetattr");
        return mode;
    }

    /// <summary>The size of a terminal in characters; false if the descriptor is not a terminal or knows no size.</summary>
    public static bool TryGetSize(FileDescriptor descriptor, out ushort columns, out ushort rows)
    {
        ushort* window = stackalloc ushort[4];
        bool known = IoResult.Capture(Libc.DeviceControl(descriptor, GetWindow, window)).IsSuccess;
        (columns, rows) = known ? (window[1], window[0]) : ((ushort)0, (ushort)0);
        return columns != 0 && rows != 0;
    }

    /// <summary>Gives the terminal its mode back. Idempotent.</summary>
    public void Dispose()
    {
        if (_restored) { return; }
        _restored = true;
        fixed (byte* termios = _before) { _ = Libc.SetTerminal(_terminal, AfterOutput, termios); }
    }
}

namespace Stratos.Fabric.Linux;

/// <summary>A pair of terminal ends in raw mode: bytes go through as they are, without echo or editing.</summary>
/// <remarks>All members may be called from any thread.</remarks>
public sealed unsafe class PseudoTerminal : IDisposable
{
    private const uint SetLock = 0x40045431;       // TIOCSPTLCK
    private const uint GetNumber = 0x80045430;     // TIOCGPTN
    private const uint SetWindow = 0x5414;         // TIOCSWINSZ
    private const uint GetWindow = 0x5413;         // TIOCGWINSZ
    private const int TermiosSpace = 256;          // struct termios is 60 bytes

    private PseudoTerminal(FileDescriptor master, string slavePath)
    {
        Master = master;
        SlavePath = slavePath;
    }

    /// <summary>Our end. Reading it fails with <see cref="Errno.EIO"/> while nobody has the other end open.</summary>
    public FileDescriptor Master { get; }

    /// <summary>The path of the other end, such as <c>/dev/pts/3</c>.</summary>
    public string SlavePath { get; }

    /// <summary>Makes a pair in raw mode.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static PseudoTerminal Open()
    {
        FileDescriptor master = FileIo.OpenFile("/dev/ptmx", OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal);
        try
        {
            int unlock = 0;
            int number;
            IoResult.Capture(Libc.DeviceControl(master, SetLock, &unlock)).OrThrow("ioctl(TIOCSPTLCK)");
            IoResult.Capture(Libc.DeviceControl(master, GetNumber, &number)).OrThrow("ioctl(TIOCGPTN)");
            MakeRaw(master);
            return new PseudoTerminal(master, $"/dev/pts/{number}");
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    /// <summary>Opens the other end, without making it the controlling terminal.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public FileDescriptor OpenSlave() =>
        FileIo.OpenFile(SlavePath, OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal);

    /// <summary>Sets the size that programs on the terminal see.</summary>
    /// <param name="columns">Characters in a line.</param>
    /// <param name="rows">Lines.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetSize(ushort columns, ushort rows)
    {
        ushort* window = stackalloc ushort[4] { rows, columns, 0, 0 };
        IoResult.Capture(Libc.DeviceControl(Master, SetWindow, window)).OrThrow("ioctl(TIOCSWINSZ)");
    }

    /// <summary>The size that programs on the terminal see.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public (ushort Columns, ushort Rows) GetSize()
    {
        ushort* window = stackalloc ushort[4];
        IoResult.Capture(Libc.DeviceControl(Master, GetWindow, window)).OrThrow("ioctl(TIOCGWINSZ)");
        return (window[1], window[0]);
    }

    /// <summary>Closes our end; programs on the other end see a hang-up. Idempotent.</summary>
    public void Dispose() => Master.Dispose();

    private static void MakeRaw(FileDescriptor terminal)
    {
        byte* termios = stackalloc byte[TermiosSpace];
        IoResult.Capture(Libc.GetTerminal(terminal, termios)).OrThrow("tcgetattr");
        Libc.MakeRaw(termios);
        IoResult.Capture(Libc.SetTerminal(terminal, 0, termios)).OrThrow("tcsetattr");
    }
}

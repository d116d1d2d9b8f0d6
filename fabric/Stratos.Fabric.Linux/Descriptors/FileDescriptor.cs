using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>An open file descriptor that this object owns: it is closed once, on disposal or by the finalizer.</summary>
/// <remarks>
/// Thread-safe as every safe handle is: a call that is under way on another thread keeps the number from being reused.
/// A <see cref="Number"/> that was read out is not protected so; use it only while the owner is alive.
/// Every descriptor that this library makes is closed on exec.
/// </remarks>
public sealed class FileDescriptor : SafeHandle
{
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    private const int GetStatusFlags = 3;          // F_GETFL
    private const int SetStatusFlags = 4;          // F_SETFL
    private const int NonBlocking = 0x800;         // O_NONBLOCK

    /// <summary>Takes ownership of a descriptor.</summary>
    /// <param name="number">The descriptor's number, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public FileDescriptor(int number) : this(number, owns: true)
    {
    }

    private FileDescriptor(int number, bool owns) : base(-1, owns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        SetHandle(number);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>The descriptor's number in this process.</summary>
    /// <exception cref="ObjectDisposedException">The descriptor was closed.</exception>
    public int Number
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (int)handle;
        }
    }

    /// <summary>Whether calls on the open file return at once instead of waiting.</summary>
    /// <remarks>This belongs to the open file, not to the descriptor: whoever shares the file (a peer) can change it at any time.</remarks>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool IsNonBlocking
    {
        get => (IoResult.Capture(Libc.Control(this, GetStatusFlags, 0)).OrThrow("fcntl(F_GETFL)") & NonBlocking) != 0;
        set
        {
            long flags = IoResult.Capture(Libc.Control(this, GetStatusFlags, 0)).OrThrow("fcntl(F_GETFL)");
            long wanted = value ? flags | NonBlocking : flags & ~NonBlocking;
            if (wanted != flags)
            {
                IoResult.Capture(Libc.Control(this, SetStatusFlags, (nint)wanted)).OrThrow("fcntl(F_SETFL)");
            }
        }
    }

    /// <summary>Takes ownership of a descriptor.</summary>
    /// <param name="number">The descriptor's number, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static FileDescriptor FromRaw(int number) => new(number);

    /// <summary>An object on a descriptor that somebody else owns and keeps open meanwhile; disposal does not close it.</summary>
    /// <param name="number">The descriptor's number, not negative.</param>
    public static FileDescriptor Borrow(int number) => new(number, owns: false);

    /// <summary>Closes a descriptor that is owned as a mere number, as those are that come with a message. Allocates nothing.</summary>
    /// <param name="number">The descriptor's number; nobody may use it any more.</param>
    public static void CloseRaw(int number) => _ = Libc.Close(number);

    /// <summary>A second descriptor of the same open file, closed on exec.</summary>
    /// <exception cref="LinuxException">The process or the system has no descriptor left.</exception>
    public FileDescriptor Duplicate() => DuplicateAbove(0);

    /// <summary>A second descriptor of the same open file whose number is at least <paramref name="lowest"/>, closed on exec.</summary>
    /// <exception cref="LinuxException">The process or the system has no descriptor left.</exception>
    internal FileDescriptor DuplicateAbove(int lowest) =>
        new((int)IoResult.Capture(Libc.Control(this, DuplicateCloseOnExec, lowest)).OrThrow("fcntl(F_DUPFD_CLOEXEC)"));

    /// <summary>What the kernel calls the open file, such as <c>anon_inode:[eventfd]</c>; empty if /proc is not there.</summary>
    internal unsafe string DescribeTarget()
    {
        const int Limit = 256;
        byte* buffer = stackalloc byte[Limit];
        IoResult length = IoResult.Capture(Libc.ReadLink($"/proc/self/fd/{Number}", buffer, Limit));
        return System.Text.Encoding.UTF8.GetString(buffer, (int)length.Bytes);
    }

    /// <inheritdoc/>
    /// <remarks>close(2) is never repeated: Linux has freed the number even when it reports an interruption.</remarks>
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}

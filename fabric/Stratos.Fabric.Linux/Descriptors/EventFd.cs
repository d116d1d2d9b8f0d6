namespace Stratos.Fabric.Linux;

/// <summary>A kernel counter that one side adds to and the other waits for: the doorbell between processes and to guests.</summary>
/// <remarks>
/// All members may be called from any thread. <see cref="Signal"/> and <see cref="TryConsume"/> allocate nothing.
/// A descriptor from a peer stays shared with it: the peer can make the open file blocking again at any time.
/// <see cref="TryConsume"/> does not depend on that flag. <see cref="Signal"/> does, but only at a counter
/// that the peer has also filled to 2^64 - 2; it hangs there until somebody calls <see cref="Unjam"/>.
/// A thread that must never hang uses <see cref="SignalUnlessFull"/>.
/// </remarks>
public sealed unsafe class EventFd : IDisposable
{
    private const int CloseOnExecNonBlocking = 0x80800; // EFD_CLOEXEC | EFD_NONBLOCK
    private const int NoWait = 8;                       // RWF_NOWAIT
    private const int LooksAtJam = 256;

    private EventFd(FileDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>The descriptor, for polling and for passing on. It stays owned by this object.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Makes a new counter.</summary>
    /// <param name="initial">Its first value; above zero it is signalled from the start.</param>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static EventFd Create(uint initial = 0) =>
        new(new FileDescriptor((int)IoResult.Capture(Libc.EventFd(initial, CloseOnExecNonBlocking)).OrThrow("eventfd")));

    /// <summary>Takes a descriptor that came from elsewhere, checks that it is an eventfd, and makes it non-blocking.</summary>
    /// <param name="descriptor">The descriptor; owned by the result, and closed here if it is refused.</param>
    /// <exception cref="LinuxException"><see cref="Errno.EINVAL"/>: the descriptor is something else (a file, a pipe, a timer).</exception>
    public static EventFd FromDescriptor(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        try
        {
            RequireEventFd(descriptor);
            descriptor.IsNonBlocking = true;
            return new EventFd(descriptor);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Adds one to the counter and so wakes whoever waits for it. A counter that is full counts as signalled.</summary>
    /// <exception cref="LinuxException">The kernel refused; that cannot happen to a checked, open eventfd.</exception>
    /// <exception cref="ObjectDisposedException">The object was disposed.</exception>
    public void Signal()
    {
        ulong one = 1;
        IoResult result = Interruptible.Write(Descriptor, new ReadOnlySpan<byte>(&one, sizeof(ulong)));
        if (!result.IsSuccess && !result.IsWouldBlock)
        {
            throw new LinuxException("write", result.Error, "eventfd");
        }
    }

    /// <summary>Takes what was signalled since the last time. Never blocks.</summary>
    /// <param name="count">The counter's value, which is now zero; 0 if nothing was signalled.</param>
    /// <returns>True if anything was signalled.</returns>
    /// <exception cref="LinuxException">The kernel refused; that cannot happen to a checked, open eventfd.</exception>
    /// <exception cref="ObjectDisposedException">The object was disposed.</exception>
    public bool TryConsume(out ulong count)
    {
        ulong value = 0;
        IoVector vector = new((nint)(&value), sizeof(ulong));
        IoResult result = Interruptible.ReadVector(Descriptor, &vector, 1, -1, NoWait);
        if (result.Error is Errno.EOPNOTSUPP)
        {
            // Before Linux 5.8 an eventfd knows no RWF_NOWAIT; there the open file's own flag has to do.
            result = Interruptible.Read(Descriptor, new Span<byte>(&value, sizeof(ulong)));
        }
        count = value;
        return result.IsSuccess || (result.IsWouldBlock ? false : throw new LinuxException("read", result.Error, "eventfd"));
    }

    /// <summary>As <see cref="Signal"/>, but looks first whether the counter is full, which counts as signalled.</summary>
    /// <remarks>A system call more. Only a peer that fills the counter between the look and the write makes it wait.</remarks>
    public void SignalUnlessFull()
    {
        if (!IsFull) { Signal(); }
    }

    /// <summary>
    /// Lets go whoever hangs in <see cref="Signal"/> at a counter that its peer has filled and made blocking. Does nothing
    /// to a counter that is not full.
    /// </summary>
    /// <remarks>Any thread; returns at once. A peer may fill it again before the other thread runs, so it takes some looks; call it until that thread goes on.</remarks>
    public void Unjam()
    {
        if (!IsFull) { return; }
        for (int i = 0; i < LooksAtJam; i++)
        {
            if (IsFull) { TryConsume(out _); }
        }
    }

    /// <summary>A second object on the same counter.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public EventFd Duplicate() => new(Descriptor.Duplicate());

    /// <summary>Closes the descriptor. Idempotent.</summary>
    public void Dispose() => Descriptor.Dispose();

    private bool IsFull => (Poll.Wait(Descriptor, PollEvents.Writable, TimeSpan.Zero) & PollEvents.Writable) == 0;

    private static void RequireEventFd(FileDescriptor descriptor)
    {
        // Anonymous inodes have no file type; that rules out files, sockets and pipes even without /proc.
        FileStatus status = FileIo.GetStatus(descriptor);
        string target = descriptor.DescribeTarget();
        bool named = target.Length == 0 || target == "anon_inode:[eventfd]";
        if (status.Kind is not FileKind.Anonymous || !named)
        {
            throw new LinuxException("use as eventfd", Errno.EINVAL, target.Length == 0 ? status.Kind.ToString() : target);
        }
    }
}

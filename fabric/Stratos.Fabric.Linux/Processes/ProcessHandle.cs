namespace Stratos.Fabric.Linux;

/// <summary>A handle of one process that never comes to mean another (pidfd).</summary>
/// <remarks>All members may be called from any thread. Needs Linux 5.3.</remarks>
public sealed class ProcessHandle : IDisposable
{
    private const int OpenCall = 434;     // pidfd_open; the same on every architecture
    private const int SignalCall = 424;   // pidfd_send_signal
    private const int KillSignal = 9;

    private ProcessHandle(FileDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>The descriptor; readable once the process has exited. It stays owned by this object.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>True once every thread of the process has ended, so that none of its code runs any more; it may not have been reaped yet.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool HasExited => Wait(TimeSpan.Zero);

    /// <summary>Opens a process by number.</summary>
    /// <param name="processId">The number. Unless it is an unreaped child of this process, it may by now be another process's.</param>
    /// <exception cref="LinuxException"><see cref="Errno.ESRCH"/>: there is no such process.</exception>
    public static ProcessHandle Open(int processId) =>
        Own((int)OpenRaw(processId).OrThrow("pidfd_open", processId.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Takes a descriptor that came from elsewhere and checks that it is a process's.</summary>
    /// <param name="descriptor">The descriptor; owned by the result, and closed here if it is refused.</param>
    /// <exception cref="LinuxException"><see cref="Errno.EBADF"/>: it is something else.</exception>
    public static ProcessHandle FromDescriptor(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ProcessHandle handle = new(descriptor);
        if (handle.Send(0).Error is Errno.EBADF or Errno.EINVAL)
        {
            string target = descriptor.DescribeTarget();
            descriptor.Dispose();
            throw new LinuxException("use as pidfd", Errno.EBADF, target);
        }
        return handle;
    }

    /// <summary>Kills the process at once (SIGKILL). It has ended when <see cref="HasExited"/> says so, not before.</summary>
    /// <returns>False if it had been reaped already.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.EPERM"/>: this process may not.</exception>
    public bool Kill() => Signal(KillSignal);

    /// <summary>Sends a signal.</summary>
    /// <param name="signal">The signal's number, 1 to 64.</param>
    /// <returns>False if the process had been reaped already.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.EPERM"/>: this process may not; <see cref="Errno.EINVAL"/>: no such signal.</exception>
    public bool Signal(int signal)
    {
        IoResult result = Send(signal);
        if (result.Error is Errno.ESRCH) { return false; }
        result.OrThrow("pidfd_send_signal");
        return true;
    }

    /// <summary>Waits for the process to exit.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> has no limit.</param>
    /// <returns>True if it has exited.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool Wait(TimeSpan timeout) => Poll.Wait(Descriptor, PollEvents.Readable, timeout) != PollEvents.None;

    /// <summary>Closes the handle; the process goes on. Idempotent.</summary>
    public void Dispose() => Descriptor.Dispose();

    /// <returns>Null if there is no such process.</returns>
    internal static ProcessHandle? TryOpen(int processId)
    {
        IoResult result = OpenRaw(processId);
        if (result.Error is Errno.ESRCH or Errno.EINVAL) { return null; }
        return Own((int)result.OrThrow("pidfd_open"));
    }

    internal static ProcessHandle Own(int number) => new(new FileDescriptor(number));

    private static IoResult OpenRaw(int processId) => IoResult.Capture(Libc.SystemCall(OpenCall, processId, 0, 0, 0));

    private IoResult Send(int signal)
    {
        bool held = false;
        try
        {
            Descriptor.DangerousAddRef(ref held);
            return IoResult.Capture(Libc.SystemCall(SignalCall, Descriptor.DangerousGetHandle(), signal, 0, 0));
        }
        finally
        {
            if (held) { Descriptor.DangerousRelease(); }
        }
    }
}

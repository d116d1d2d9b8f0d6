namespace Stratos.Fabric.Linux;

/// <summary>A descriptor that becomes readable when somebody sets <see cref="HostClockId.Realtime"/>, or it steps at a leap second.</summary>
/// <remarks>All members may be called from any thread and allocate nothing.</remarks>
public sealed unsafe class ClockSetWatch : IDisposable
{
    private const int CloseOnExecNonBlocking = 0x80800; // TFD_CLOEXEC | TFD_NONBLOCK
    private const int AbsoluteCancelOnSet = 3;          // TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET

    private ClockSetWatch(FileDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>The descriptor, readable after the clock was set. It stays owned by this object.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Starts watching.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static ClockSetWatch Create()
    {
        ClockSetWatch watch = new(new FileDescriptor((int)IoResult.Capture(Libc.TimerCreate((int)HostClockId.Realtime, CloseOnExecNonBlocking)).OrThrow("timerfd_create")));
        watch.Arm();
        return watch;
    }

    /// <summary>Takes the news that the clock was set and goes on watching. Never blocks.</summary>
    /// <returns>True if it was set since the last time.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool TryConsume()
    {
        ulong expirations = 0;
        IoResult result = Interruptible.Read(Descriptor, new Span<byte>(&expirations, sizeof(ulong)));
        if (result.IsWouldBlock) { return false; }
        if (!result.IsSuccess && result.Error is not Errno.ECANCELED) { throw new LinuxException("read", result.Error, "timerfd"); }
        Arm();
        return true;
    }

    /// <summary>Closes the descriptor. Idempotent.</summary>
    public void Dispose() => Descriptor.Dispose();

    /// <summary>A timer for a moment that never comes: only its cancellation is of interest.</summary>
    private void Arm()
    {
        TimerSpecification never = new(default, new TimeSpecification(int.MaxValue * 4L, 0));
        IoResult result = IoResult.Capture(Libc.TimerSet(Descriptor, AbsoluteCancelOnSet, &never, null));
        // The kernel says so when the clock was set since the timer was armed last; it is armed anew all the same.
        if (result.Error is not Errno.ECANCELED) { result.OrThrow("timerfd_settime"); }
    }
}

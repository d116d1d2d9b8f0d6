namespace Stratos.Fabric.Linux;

/// <summary>A timer of the monotonic clock that can be waited for as a descriptor.</summary>
/// <remarks>All members may be called from any thread; arming and consuming allocate nothing.</remarks>
public sealed unsafe class TimerFd : IDisposable
{
    private const int Monotonic = 1;                    // CLOCK_MONOTONIC
    private const int CloseOnExecNonBlocking = 0x80800; // TFD_CLOEXEC | TFD_NONBLOCK

    private TimerFd(FileDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>The descriptor, readable while an expiration waits to be consumed. It stays owned by this object.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Makes a timer that is not armed.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static TimerFd Create() =>
        new(new FileDescriptor((int)IoResult.Capture(Libc.TimerCreate(Monotonic, CloseOnExecNonBlocking)).OrThrow("timerfd_create")));

    /// <summary>Arms the timer once. Replaces what was armed; expirations not yet consumed are forgotten.</summary>
    /// <param name="due">Time from now, not negative; zero expires at once.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Arm(TimeSpan due) => Arm(due, TimeSpan.Zero);

    /// <summary>Arms the timer for a first expiration and, after it, one in each period.</summary>
    /// <param name="due">Time from now to the first, not negative; zero expires at once.</param>
    /// <param name="period">Time between expirations; zero for one expiration only.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Arm(TimeSpan due, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(due, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        // The kernel takes a zero value as "disarm"; one nanosecond is "now".
        TimeSpecification first = due == TimeSpan.Zero ? new TimeSpecification(0, 1) : TimeSpecification.From(due);
        Set(new TimerSpecification(TimeSpecification.From(period), first));
    }

    /// <summary>Stops the timer and forgets expirations that were not consumed.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Disarm() => Set(default);

    /// <summary>Takes the expirations since the last time. Never blocks.</summary>
    /// <param name="expirations">How often the timer expired; 0 if it did not.</param>
    /// <returns>True if it expired.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool TryConsume(out ulong expirations)
    {
        ulong value = 0;
        IoResult result = Interruptible.Read(Descriptor, new Span<byte>(&value, sizeof(ulong)));
        expirations = value;
        return result.IsSuccess || (result.IsWouldBlock ? false : throw new LinuxException("read", result.Error, "timerfd"));
    }

    /// <summary>Closes the timer. Idempotent.</summary>
    public void Dispose() => Descriptor.Dispose();

    private void Set(TimerSpecification specification) =>
        IoResult.Capture(Libc.TimerSet(Descriptor, 0, &specification, null)).OrThrow("timerfd_settime");
}

namespace Stratos.Fabric.Linux;

/// <summary>Waits for one or a few descriptors without setting anything up (poll(2)).</summary>
/// <remarks>May be called from any thread; allocates nothing. For many descriptors, or the same ones often, use <see cref="Poller"/>.</remarks>
public static unsafe class Poll
{
    /// <summary>Waits until an entry has an event.</summary>
    /// <param name="entries">The descriptors; their <see cref="PollEntry.Returned"/> is set.</param>
    /// <param name="timeout">How long at most, to the nanosecond as the kernel's timer slack allows; zero looks and returns; <see cref="Timeout.InfiniteTimeSpan"/> has no limit.</param>
    /// <returns>How many entries have events; 0 after the timeout.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static int Wait(Span<PollEntry> entries, TimeSpan timeout)
    {
        fixed (PollEntry* pointer = entries)
        {
            return (int)Interruptible.Poll(pointer, entries.Length, Deadline.In(timeout)).OrThrow("poll");
        }
    }

    /// <summary>Waits until an entry has an event.</summary>
    /// <param name="entries">The descriptors; their <see cref="PollEntry.Returned"/> is set.</param>
    /// <param name="timeoutMilliseconds">How long at most; negative has no limit.</param>
    /// <returns>How many entries have events; 0 after the timeout.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static int Wait(Span<PollEntry> entries, int timeoutMilliseconds) =>
        Wait(entries, Deadline.FromMilliseconds(timeoutMilliseconds));

    /// <summary>Waits for one descriptor.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="wanted">The events.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> has no limit.</param>
    /// <returns>What happened; <see cref="PollEvents.None"/> after the timeout.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static PollEvents Wait(FileDescriptor descriptor, PollEvents wanted, TimeSpan timeout)
    {
        PollEntry entry = new(descriptor, wanted);
        Wait(new Span<PollEntry>(ref entry), timeout);
        GC.KeepAlive(descriptor);
        return entry.Returned;
    }
}

namespace Stratos.Fabric.Linux;

/// <summary>The kernel's clocks (clock_gettime(2)).</summary>
public static unsafe class HostClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Reads a clock. Any thread; about 30 ns; allocates nothing.</summary>
    /// <param name="clock">Which.</param>
    /// <returns>Nanoseconds since its epoch.</returns>
    /// <exception cref="LinuxException">The kernel has no such clock.</exception>
    public static long Nanoseconds(HostClockId clock)
    {
        TimeSpecification time;
        IoResult.Capture(Libc.ReadClock((int)clock, &time)).OrThrow("clock_gettime");
        return (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds;
    }
}

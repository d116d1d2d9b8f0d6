namespace Stratos.Fabric.Linux;

/// <summary>A moment of the monotonic clock, made from a timeout once, so that an interrupted wait is not prolonged.</summary>
internal readonly struct Deadline
{
    private const long Never = long.MaxValue;
    private readonly long _nanoseconds;

    private Deadline(long nanoseconds) => _nanoseconds = nanoseconds;

    internal bool IsNever => _nanoseconds == Never;

    /// <summary>Zero if the moment has passed; the largest span if there is none.</summary>
    internal TimeSpan Remaining
    {
        get
        {
            if (IsNever) { return TimeSpan.MaxValue; }
            long left = _nanoseconds == 0 ? 0 : Math.Max(0, _nanoseconds - MonotonicClock.Nanoseconds);
            return TimeSpan.FromTicks((left + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick);
        }
    }

    /// <summary>As epoll wants it: rounded up, -1 for no limit.</summary>
    internal int RemainingMilliseconds =>
        IsNever ? -1 : (int)Math.Min(int.MaxValue, Math.Ceiling(Remaining.TotalMilliseconds));

    /// <summary>A timeout from now; <see cref="Timeout.InfiniteTimeSpan"/> is none, zero reads no clock.</summary>
    internal static Deadline In(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan) { return new Deadline(Never); }
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        if (timeout == TimeSpan.Zero) { return new Deadline(0); }
        long now = MonotonicClock.Nanoseconds;
        long span = timeout.Ticks > (Never - now) / TimeSpan.NanosecondsPerTick ? Never - now : timeout.Ticks * TimeSpan.NanosecondsPerTick;
        return new Deadline(now + span);
    }

    internal static TimeSpan FromMilliseconds(int milliseconds) =>
        milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond);
}

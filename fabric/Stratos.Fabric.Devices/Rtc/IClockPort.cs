using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Rtc;

/// <summary>Host port: clocks that an RTC device shows. Its clocks do not change while it lives; their times do.</summary>
/// <remarks>All members may be called from any thread; none but <see cref="Wait"/> waits, and none allocates.</remarks>
public interface IClockPort : IDisposable
{
    /// <summary>The clocks; a clock's index is its number in the other members.</summary>
    IReadOnlyList<ClockDescription> Clocks { get; }

    /// <summary>Reads a clock.</summary>
    /// <param name="clock">The clock's number.</param>
    /// <param name="nanoseconds">Nanoseconds since the epoch of the clock's type.</param>
    /// <returns>False if the clock cannot be read now.</returns>
    bool TryRead(int clock, out ulong nanoseconds);

    /// <summary>Whether a clock can be read together with a hardware counter of the guest. The answer stays the same.</summary>
    bool CanCross(int clock, RtcCounter counter);

    /// <summary>Reads a clock, and what the guest's first processor would have read from the counter at that moment.</summary>
    /// <param name="clock">The clock's number.</param>
    /// <param name="counter">The counter.</param>
    /// <param name="nanoseconds">Nanoseconds since the epoch of the clock's type.</param>
    /// <param name="cycles">The counter's value.</param>
    /// <returns>False if the pair cannot be read, or cannot be read now.</returns>
    bool TryReadCross(int clock, RtcCounter counter, out ulong nanoseconds, out ulong cycles);

    /// <summary>
    /// How long it takes, at least, until a clock that nobody sets shows a time: the moment to look again. Less than the
    /// truth is safe and costs another look; more would make an alarm late.
    /// </summary>
    /// <param name="clock">The clock's number.</param>
    /// <param name="time">The time to reach, in the clock's own nanoseconds.</param>
    /// <returns>Zero if it is reached; <see cref="Timeout.InfiniteTimeSpan"/> if it never will be, or the clock cannot be read.</returns>
    TimeSpan Until(int clock, ulong time);

    /// <summary>Waits until the time is over, somebody set a clock, or <paramref name="wake"/> is signalled, which it leaves signalled. One thread at a time.</summary>
    /// <param name="limit">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> has no limit.</param>
    /// <param name="wake">What else ends the wait.</param>
    void Wait(TimeSpan limit, EventFd wake);
}

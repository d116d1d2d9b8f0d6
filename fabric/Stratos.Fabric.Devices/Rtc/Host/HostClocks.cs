using Stratos.Fabric.Devices.Rtc.Time;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Rtc.Host;

/// <summary>Host port: the clocks of this machine's kernel, in the order that a guest is to see them.</summary>
/// <remarks>
/// UTC is the kernel's, which steps at leap seconds if the host is synchronised to time that does. TAI is the kernel's
/// if it was told how far that is from UTC, and follows from the leap seconds otherwise. Smeared clocks follow from TAI.
/// </remarks>
public sealed class HostClocks : IClockPort
{
    private readonly ClockName[] _names;
    private readonly int _initialOffset;
    private readonly LeapSecond[] _leaps;
    private readonly ClockSetWatch _set = ClockSetWatch.Create();

    /// <summary>Shows clocks with the leap seconds that there have been.</summary>
    public HostClocks(IReadOnlyList<ClockName> names)
        : this(names, LeapSecondHistory.InitialOffset, LeapSecondHistory.All) { }

    /// <summary>Shows clocks with leap seconds of the caller's.</summary>
    /// <param name="names">Which clocks.</param>
    /// <param name="initialOffset">TAI minus UTC before the first leap second, in seconds.</param>
    /// <param name="leaps">The leap seconds, ascending.</param>
    public HostClocks(IReadOnlyList<ClockName> names, int initialOffset, ReadOnlySpan<LeapSecond> leaps)
    {
        ArgumentNullException.ThrowIfNull(names);
        (_names, _initialOffset, _leaps) = ([.. names], initialOffset, leaps.ToArray());
        Clocks = [.. _names.Select(ClockNames.Describe)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ClockDescription> Clocks { get; }

    /// <inheritdoc/>
    public bool TryRead(int clock, out ulong nanoseconds)
    {
        nanoseconds = (ulong)Read(_names[clock]);
        return true;
    }

    /// <summary>None: what the guest's counter has to do with the host's is known to the VMM alone.</summary>
    public bool CanCross(int clock, RtcCounter counter) => false;

    /// <inheritdoc/>
    public bool TryReadCross(int clock, RtcCounter counter, out ulong nanoseconds, out ulong cycles)
    {
        (nanoseconds, cycles) = (0, 0);
        return false;
    }

    /// <inheritdoc/>
    public TimeSpan Until(int clock, ulong time)
    {
        ulong now = (ulong)Read(_names[clock]);
        if (now >= time) { return TimeSpan.Zero; }
        ulong left = time - now;
        // The kernel slews and a smeared clock is sped up by no more than 0.2 %: looking early is safe.
        ulong ticks = (left - (left / 500)) / TimeSpan.NanosecondsPerTick;
        return TimeSpan.FromTicks((long)Math.Min(ticks, (ulong)TimeSpan.FromDays(1).Ticks));
    }

    /// <inheritdoc/>
    public void Wait(TimeSpan limit, EventFd wake)
    {
        ArgumentNullException.ThrowIfNull(wake);
        Span<PollEntry> entries = [new(wake.Descriptor, PollEvents.Readable), new(_set.Descriptor, PollEvents.Readable)];
        Poll.Wait(entries, limit);
        if (entries[1].Returned != PollEvents.None) { _set.TryConsume(); }
    }

    /// <inheritdoc/>
    public void Dispose() => _set.Dispose();

    private long Read(ClockName name) => name switch
    {
        ClockName.Utc or ClockName.MaybeSmeared => HostClock.Nanoseconds(HostClockId.Realtime),
        ClockName.Monotonic => HostClock.Nanoseconds(HostClockId.Boottime),
        ClockName.Tai => ReadTai(),
        _ => LeapTimeline.ToSmeared(ReadTai(), ClockNames.Describe(name).Smearing, _initialOffset, _leaps),
    };

    private long ReadTai()
    {
        long utc = HostClock.Nanoseconds(HostClockId.Realtime);
        long tai = HostClock.Nanoseconds(HostClockId.Tai);
        bool isTold = tai - utc >= 1_000_000_000;
        return isTold ? tai : LeapTimeline.ToTai(utc, _initialOffset, _leaps);
    }
}

namespace Stratos.Fabric.Devices.Rtc.Time;

/// <summary>What TAI, UTC and smeared UTC have to do with each other: the leap seconds in their order. Pure; times are nanoseconds since 1970.</summary>
public static class LeapTimeline
{
    private const long Second = 1_000_000_000;

    /// <summary>UTC as Unix counts it. At a positive leap second it steps back by one second, at a negative one forward.</summary>
    /// <param name="tai">The time in TAI.</param>
    /// <param name="initialOffset">TAI minus UTC before the first leap second, in seconds.</param>
    /// <param name="leaps">The leap seconds, ascending.</param>
    public static long ToUtc(long tai, int initialOffset, ReadOnlySpan<LeapSecond> leaps)
    {
        long offset = initialOffset;
        foreach (LeapSecond leap in leaps)
        {
            if (tai < StartOf(leap, offset)) { break; }
            offset += leap.Growth;
        }
        return tai - (offset * Second);
    }

    /// <summary>TAI at a time of UTC; of the two that have the same name around a positive leap second, the later one.</summary>
    /// <param name="utc">The time in UTC.</param>
    /// <param name="initialOffset">TAI minus UTC before the first leap second, in seconds.</param>
    /// <param name="leaps">The leap seconds, ascending.</param>
    public static long ToTai(long utc, int initialOffset, ReadOnlySpan<LeapSecond> leaps)
    {
        long offset = initialOffset;
        foreach (LeapSecond leap in leaps)
        {
            if (utc < (leap.Midnight - (leap.IsPositive ? 1 : 0)) * Second) { break; }
            offset += leap.Growth;
        }
        return utc + (offset * Second);
    }

    /// <summary>Smeared UTC, which never steps.</summary>
    /// <param name="tai">The time in TAI.</param>
    /// <param name="smearing">How it is smeared; one that is not specified smears from noon to noon.</param>
    /// <param name="initialOffset">TAI minus UTC before the first leap second, in seconds.</param>
    /// <param name="leaps">The leap seconds, ascending, a day apart at least.</param>
    /// <remarks>
    /// From noon to noon there are 86401 seconds around a positive leap second, and the clock shows 86400: a second of the
    /// clock is longer by 1/86400, and at both noons the clock shows UTC exactly.
    /// </remarks>
    public static long ToSmeared(long tai, RtcSmearing smearing, int initialOffset, ReadOnlySpan<LeapSecond> leaps)
    {
        long offset = initialOffset;
        foreach (LeapSecond leap in leaps)
        {
            long after = offset + leap.Growth;
            (long begin, long end) = WindowOf(leap, smearing, offset);
            if (tai < begin) { break; }
            if (tai < end)
            {
                Int128 length = end - begin;
                long passed = (long)((tai - begin) * (length - (leap.Growth * Second)) / length);
                return begin - (offset * Second) + passed;
            }
            offset = after;
        }
        return tai - (offset * Second);
    }

    /// <summary>The time of TAI at which Unix time steps.</summary>
    private static long StartOf(LeapSecond leap, long offsetBefore) =>
        (leap.Midnight + offsetBefore - (leap.IsPositive ? 0 : 1)) * Second;

    private static (long Begin, long End) WindowOf(LeapSecond leap, RtcSmearing smearing, long offsetBefore)
    {
        long midnight = leap.Midnight + offsetBefore + leap.Growth;
        return smearing is RtcSmearing.UtcSls
            ? ((midnight - 1000) * Second, midnight * Second)
            : ((leap.Midnight - 43_200 + offsetBefore) * Second, (midnight + 43_200) * Second);
    }
}

namespace Stratos.Fabric.Devices.Rtc.Time;

/// <summary>A leap second at the end of a day of UTC.</summary>
/// <param name="Midnight">The beginning of the day after, in Unix seconds.</param>
/// <param name="IsPositive">True if 23:59:60 is inserted; false if 23:59:59 is left out.</param>
public readonly record struct LeapSecond(long Midnight, bool IsPositive)
{
    /// <summary>The leap second at the end of a day.</summary>
    public static LeapSecond AtEndOf(DateOnly day, bool isPositive = true) =>
        new((day.DayNumber + 1L - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 86_400, isPositive);

    /// <summary>By how much TAI minus UTC grows: 1 or -1.</summary>
    public int Growth => IsPositive ? 1 : -1;
}

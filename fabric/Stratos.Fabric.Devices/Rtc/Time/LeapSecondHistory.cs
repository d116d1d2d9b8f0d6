namespace Stratos.Fabric.Devices.Rtc.Time;

/// <summary>The leap seconds that there have been, as the Earth's rotation service announced them.</summary>
public static class LeapSecondHistory
{
    /// <summary>TAI minus UTC in seconds before the first leap second of <see cref="All"/>, from 1972 on.</summary>
    public const int InitialOffset = 10;

    private static readonly LeapSecond[] s_all =
    [
        .. new[]
        {
            (1972, 6), (1972, 12), (1973, 12), (1974, 12), (1975, 12), (1976, 12), (1977, 12), (1978, 12), (1979, 12),
            (1981, 6), (1982, 6), (1983, 6), (1985, 6), (1987, 12), (1989, 12), (1990, 12), (1992, 6), (1993, 6), (1994, 6),
            (1995, 12), (1997, 6), (1998, 12), (2005, 12), (2008, 12), (2012, 6), (2015, 6), (2016, 12),
        }.Select(static month => LeapSecond.AtEndOf(new DateOnly(month.Item1, month.Item2, month.Item2 == 6 ? 30 : 31))),
    ];

    /// <summary>All leap seconds up to that at the end of 2016, after which TAI minus UTC is 37 seconds.</summary>
    public static ReadOnlySpan<LeapSecond> All => s_all;
}

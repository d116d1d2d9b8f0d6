using Stratos.Fabric.Devices.Rtc;
using Stratos.Fabric.Devices.Rtc.Time;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rtc;

/// <summary>UTC, TAI and smeared clocks around leap seconds (virtio 1.4, section 5.23.6.2).</summary>
public sealed class LeapTimelineTests
{
    private const long Second = 1_000_000_000;
    private const int Before = 37;

    // The day after the leap second begins here.
    private static readonly long s_midnight = LeapSecond.AtEndOf(new DateOnly(2029, 6, 30)).Midnight;

    public static TheoryData<bool> Both => [true, false];

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_CLOCK_UTC steps back by 1 s at the start of a positive leap second", "5.23.6.2")]
    public void Utc_shows_the_second_before_midnight_twice()
    {
        LeapSecond[] leaps = [new(s_midnight, IsPositive: true)];
        long start = (s_midnight + Before) * Second;
        Assert.Equal((s_midnight * Second) - 1, LeapTimeline.ToUtc(start - 1, Before, leaps));
        Assert.Equal((s_midnight - 1) * Second, LeapTimeline.ToUtc(start, Before, leaps));
        Assert.Equal(s_midnight * Second, LeapTimeline.ToUtc(start + Second, Before, leaps));
    }

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_CLOCK_UTC steps forward by 1 s at the start of a negative leap second", "5.23.6.2")]
    public void Utc_leaves_the_second_before_midnight_out()
    {
        LeapSecond[] leaps = [new(s_midnight, IsPositive: false)];
        long start = (s_midnight - 1 + Before) * Second;
        Assert.Equal(((s_midnight - 1) * Second) - 1, LeapTimeline.ToUtc(start - 1, Before, leaps));
        Assert.Equal(s_midnight * Second, LeapTimeline.ToUtc(start, Before, leaps));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Tai_follows_from_utc(bool isPositive)
    {
        LeapSecond[] leaps = [new(s_midnight, isPositive)];
        for (long tai = (s_midnight + Before - 5) * Second; tai < (s_midnight + Before + 5) * Second; tai += Second / 4)
        {
            long utc = LeapTimeline.ToUtc(tai, Before, leaps);
            long again = LeapTimeline.ToTai(utc, Before, leaps);
            bool isFirstOfTwo = isPositive && tai >= (s_midnight + Before - 1) * Second && tai < (s_midnight + Before) * Second;
            Assert.Equal(tai + (isFirstOfTwo ? Second : 0), again);
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    [Proves("rtc", "VIRTIO_RTC_SMEAR_NOON_LINEAR: from noon to noon, without a step", "5.23.6.2")]
    public void Is_smeared_evenly_from_noon_to_noon(bool isPositive)
    {
        LeapSecond[] leaps = [new(s_midnight, isPositive)];
        long noonBefore = (s_midnight - 43_200 + Before) * Second;
        long noonAfter = (s_midnight + 43_200 + Before + (isPositive ? 1 : -1)) * Second;
        Assert.Equal((s_midnight - 43_200) * Second, Smeared(noonBefore, RtcSmearing.NoonLinear, leaps));
        Assert.Equal((s_midnight + 43_200) * Second, Smeared(noonAfter, RtcSmearing.NoonLinear, leaps));
        Assert.Equal(LeapTimeline.ToUtc(noonBefore - 12345, Before, leaps), Smeared(noonBefore - 12345, RtcSmearing.NoonLinear, leaps));
        Assert.Equal(LeapTimeline.ToUtc(noonAfter + 12345, Before, leaps), Smeared(noonAfter + 12345, RtcSmearing.NoonLinear, leaps));
        // A second of the clock is longer, or shorter, by 1/86400.
        double rate = RateIn(noonBefore, noonAfter, RtcSmearing.NoonLinear, leaps);
        Assert.Equal(isPositive ? 1 / (1 + (1 / 86_400.0)) : 1 / (1 - (1 / 86_400.0)), rate, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Both))]
    [Proves("rtc", "VIRTIO_RTC_SMEAR_UTC_SLS: by 0.1 % in the last 1000 s of the day", "5.23.6.2")]
    public void Is_smeared_over_the_last_1000_seconds(bool isPositive)
    {
        LeapSecond[] leaps = [new(s_midnight, isPositive)];
        long end = (s_midnight + Before + (isPositive ? 1 : -1)) * Second;
        long begin = end - (1000 * Second);
        Assert.Equal(s_midnight * Second, Smeared(end, RtcSmearing.UtcSls, leaps));
        Assert.Equal(LeapTimeline.ToUtc(begin, Before, leaps), Smeared(begin, RtcSmearing.UtcSls, leaps));
        Assert.Equal(LeapTimeline.ToUtc(begin - 1, Before, leaps), Smeared(begin - 1, RtcSmearing.UtcSls, leaps));
        Assert.Equal(isPositive ? 0.999 : 1.001, RateIn(begin, end, RtcSmearing.UtcSls, leaps), 1e-9);
    }

    [Theory]
    [InlineData(RtcSmearing.NoonLinear)]
    [InlineData(RtcSmearing.UtcSls)]
    [Proves("rtc", "a leap smearing clock does not step", "5.23.6.2")]
    public void A_smeared_clock_never_steps(RtcSmearing smearing)
    {
        LeapSecond[] leaps = [new(s_midnight, true), new(s_midnight + (184 * 86_400), false)];
        long last = Smeared((s_midnight - 100_000) * Second, smearing, leaps);
        for (long tai = (s_midnight - 100_000) * Second; tai < (s_midnight + (190 * 86_400)) * Second; tai += 50 * Second)
        {
            long next = Smeared(tai + (50 * Second), smearing, leaps);
            Assert.InRange(next - last, 499 * Second / 10, 501 * Second / 10);
            last = next;
        }
    }

    [Fact]
    public void The_history_is_that_of_the_announcements()
    {
        Assert.Equal(27, LeapSecondHistory.All.Length);
        Assert.Equal(1_483_228_800, LeapSecondHistory.All[^1].Midnight);
        Assert.Equal(78_796_800, LeapSecondHistory.All[0].Midnight);
        Assert.Equal((1_800_000_000 + 37) * Second, LeapTimeline.ToTai(1_800_000_000 * Second, LeapSecondHistory.InitialOffset, LeapSecondHistory.All));
    }

    [Fact]
    public void Leap_seconds_are_read_from_the_published_file()
    {
        string[] lines = ["# a comment", "#$ 3676924800", "2272060800  10  # 1 Jan 1972", "2287785600\t11\t# 1 Jul 1972", "2303683200 12", "", "2303683299 11 # imagined"];
        (int offset, LeapSecond[] leaps) = LeapSecondFile.Parse(lines);
        Assert.Equal(10, offset);
        Assert.Equal([LeapSecondHistory.All[0], LeapSecondHistory.All[1], new LeapSecond(94_694_499, IsPositive: false)], leaps);
    }

    [Theory]
    [InlineData("2272060800 10", "2287785600 12")]
    [InlineData("2272060800 10", "2287785600")]
    [InlineData("2272060800 10", "soon 11")]
    [InlineData("2287785600 10", "2303683200 11", "2303683200 12")]
    [InlineData("# nothing")]
    public void A_file_that_makes_no_sense_is_refused(params string[] lines) => Assert.Throws<ArgumentException>(() => LeapSecondFile.Parse(lines));

    private static long Smeared(long tai, RtcSmearing smearing, LeapSecond[] leaps) => LeapTimeline.ToSmeared(tai, smearing, Before, leaps);

    private static double RateIn(long begin, long end, RtcSmearing smearing, LeapSecond[] leaps)
    {
        long third = (end - begin) / 3;
        return (double)(Smeared(end - third, smearing, leaps) - Smeared(begin + third, smearing, leaps)) / (end - third - begin - third);
    }
}

using Stratos.Fabric.Devices.Rtc.Time;

namespace Stratos.Fabric.Devices.Rtc.Simulation;

/// <summary>
/// One copy of a clock board. Every clock but the monotonic one is kept on the scale of TAI: where it was at a moment of
/// the board's driving clock, and at which rate it goes on; what it shows follows by the leap seconds.
/// </summary>
internal readonly ref struct ClockBoardCopy(Span<ulong> words)
{
    /// <summary>Words of a copy.</summary>
    public const int Words = ClocksAt + (WordsPerClock * 6);

    /// <summary>The rate of a right clock: parts of a billion.</summary>
    public const long Nominal = 1_000_000_000;

    private const int InitialOffsetAt = 0;
    private const int LeapCountAt = 1;
    private const int CounterAt = 2;
    private const int CounterHertzAt = 3;
    private const int CounterAnchorAt = 4;
    private const int LeapsAt = 5;
    private const int ClocksAt = LeapsAt + ClockBoard.MaxLeapSeconds;
    private const int WordsPerClock = 4;
    private const int Tai = 0;
    private const int Anchor = 1;
    private const int RateOf = 2;
    private const int Failing = 3;

    private readonly Span<ulong> _words = words;

    /// <summary>What a clock shows.</summary>
    public long Read(ClockName clock, long now)
    {
        long tai = TaiOf(clock, now);
        if (clock is ClockName.Tai or ClockName.Monotonic) { return tai; }
        Span<LeapSecond> room = stackalloc LeapSecond[ClockBoard.MaxLeapSeconds];
        ReadOnlySpan<LeapSecond> leaps = Leaps(room, out int offset);
        return clock is ClockName.Utc
            ? LeapTimeline.ToUtc(tai, offset, leaps)
            : LeapTimeline.ToSmeared(tai, ClockNames.Describe(clock).Smearing, offset, leaps);
    }

    /// <summary>The rate of a clock, in parts of <see cref="Nominal"/>.</summary>
    public long Rate(ClockName clock) => (long)Of(clock)[RateOf];

    /// <summary>Whether a clock fails to be read.</summary>
    public bool Fails(ClockName clock) => Of(clock)[Failing] != 0;

    /// <summary>The hardware counter.</summary>
    public ulong Counter(long now) =>
        _words[CounterAt] + (ulong)((Int128)(now - (long)_words[CounterAnchorAt]) * _words[CounterHertzAt] / Nominal);

    /// <summary>Sets what a clock shows.</summary>
    public void Set(ClockName clock, long nanoseconds, long now)
    {
        if (clock is not (ClockName.Tai or ClockName.Monotonic))
        {
            Span<LeapSecond> room = stackalloc LeapSecond[ClockBoard.MaxLeapSeconds];
            ReadOnlySpan<LeapSecond> leaps = Leaps(room, out int offset);
            long wanted = nanoseconds;
            nanoseconds = LeapTimeline.ToTai(wanted, offset, leaps);
            // A smeared clock is up to a second away from there, and its rate is nearly one: the second step is exact to a few nanoseconds.
            for (int i = 0; i < 3 && clock is not ClockName.Utc; i++)
            {
                nanoseconds += wanted - LeapTimeline.ToSmeared(nanoseconds, ClockNames.Describe(clock).Smearing, offset, leaps);
            }
        }
        SetTai(clock, nanoseconds, now);
    }

    /// <summary>Steps a clock.</summary>
    public void Step(ClockName clock, long by, long now) => SetTai(clock, TaiOf(clock, now) + by, now);

    /// <summary>Sets a clock on the scale that it is kept on.</summary>
    public void SetTai(ClockName clock, long tai, long now)
    {
        Span<ulong> words = Of(clock);
        (words[Tai], words[Anchor]) = ((ulong)tai, (ulong)now);
    }

    /// <summary>Sets the rate, from now on.</summary>
    public void SetRate(ClockName clock, long rate, long now)
    {
        SetTai(clock, TaiOf(clock, now), now);
        Of(clock)[RateOf] = (ulong)rate;
    }

    /// <summary>Makes a clock fail.</summary>
    public void Fail(ClockName clock, bool fails) => Of(clock)[Failing] = fails ? 1UL : 0;

    /// <summary>Sets the leap seconds.</summary>
    public void SetLeaps(int initialOffset, ReadOnlySpan<LeapSecond> leaps)
    {
        (_words[InitialOffsetAt], _words[LeapCountAt]) = ((ulong)initialOffset, (ulong)leaps.Length);
        for (int i = 0; i < leaps.Length; i++) { _words[LeapsAt + i] = ((ulong)leaps[i].Midnight << 1) | (leaps[i].IsPositive ? 1UL : 0); }
    }

    /// <summary>Sets the hardware counter.</summary>
    public void SetCounter(ulong value, ulong hertz, long now) =>
        (_words[CounterAt], _words[CounterHertzAt], _words[CounterAnchorAt]) = (value, hertz, (ulong)now);

    private long TaiOf(ClockName clock, long now)
    {
        Span<ulong> words = Of(clock);
        return (long)words[Tai] + (long)((Int128)(now - (long)words[Anchor]) * (long)words[RateOf] / Nominal);
    }

    private ReadOnlySpan<LeapSecond> Leaps(Span<LeapSecond> room, out int initialOffset)
    {
        initialOffset = (int)_words[InitialOffsetAt];
        // The file is others' to write: no more than there is room for.
        int count = (int)Math.Min(_words[LeapCountAt], ClockBoard.MaxLeapSeconds);
        for (int i = 0; i < count; i++)
        {
            ulong word = _words[LeapsAt + i];
            room[i] = new((long)word >> 1, (word & 1) != 0);
        }
        return room[..count];
    }

    private Span<ulong> Of(ClockName clock) => _words.Slice(ClocksAt + (WordsPerClock * (int)clock), WordsPerClock);
}

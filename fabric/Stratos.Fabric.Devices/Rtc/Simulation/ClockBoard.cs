using System.Runtime.InteropServices;
using Stratos.Fabric.Devices.Rtc.Time;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Rtc.Simulation;

/// <summary>
/// Simulated clocks that can be set, stepped, made to drift, stopped and made to fail, with leap seconds that a script
/// announces and a hardware counter. They go on in the file of their <see cref="BoardMemory"/>, whoever reads them.
/// </summary>
/// <remarks>
/// Any thread and any process may read; one at a time may change. A change is one step for readers: it is made in the
/// copy that is not valid and selected by one store. A new board shows the host's time and has its leap seconds.
/// </remarks>
public sealed class ClockBoard : IDisposable
{
    /// <summary>Most leap seconds that a board keeps; of the past ones those before are one offset.</summary>
    public const int MaxLeapSeconds = 16;

    /// <summary>What <see cref="BoardMemory.Open"/> is told of the hardware.</summary>
    public const string Kind = "clocks";

    private const int Copies = 2;
    private const ulong DefaultCounterHertz = 1_000_000_000;

    private readonly BoardMemory _memory;
    private readonly Func<long> _now;
    private readonly Lock _changing = new();

    /// <summary>Takes a board's memory, which it disposes, and sets it up if it is new.</summary>
    /// <param name="memory">At least <see cref="Length"/> bytes.</param>
    /// <param name="now">What drives the clocks, in nanoseconds; null for the machine's monotonic clock, which all processes share.</param>
    public ClockBoard(BoardMemory memory, Func<long>? now = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        (_memory, _now) = (memory, now ?? (static () => MonotonicClock.Nanoseconds));
        if (Volatile.Read(ref Generation) == 0) { Change(static (_, copy, now) => SetUp(copy, now)); }
    }

    private delegate void Changing<in T>(T with, Span<ulong> copy, long now);

    /// <summary>Bytes of a board.</summary>
    public static int Length => sizeof(ulong) * (1 + (Copies * ClockBoardCopy.Words));

    /// <summary>A number that grows with each change.</summary>
    public ulong Changes => Volatile.Read(ref Generation);

    private ref ulong Generation => ref MemoryMarshal.AsRef<ulong>(_memory.Bytes);

    /// <summary>A board that only this process sees.</summary>
    public static ClockBoard Private(Func<long>? now = null) => new(BoardMemory.Private(Length), now);

    /// <summary>The board in a file, which is made if it is not there.</summary>
    /// <exception cref="ArgumentException">The file is something else; the message says what, and the remedy.</exception>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public static ClockBoard Open(string path) => new(BoardMemory.Open(path, Kind, Length));

    /// <summary>Reads a clock.</summary>
    /// <returns>False while it fails.</returns>
    public bool TryRead(ClockName clock, out long nanoseconds)
    {
        Span<ulong> words = stackalloc ulong[ClockBoardCopy.Words];
        ClockBoardCopy copy = Snapshot(words);
        nanoseconds = copy.Read(clock, _now());
        return !copy.Fails(clock);
    }

    /// <summary>Reads a clock and the counter at the same moment.</summary>
    /// <returns>False while the clock fails.</returns>
    public bool TryReadCross(ClockName clock, out long nanoseconds, out ulong cycles)
    {
        Span<ulong> words = stackalloc ulong[ClockBoardCopy.Words];
        ClockBoardCopy copy = Snapshot(words);
        long now = _now();
        (nanoseconds, cycles) = (copy.Read(clock, now), copy.Counter(now));
        return !copy.Fails(clock);
    }

    /// <summary>How long it takes until the clock shows a time as it runs now; null if it never will.</summary>
    public TimeSpan? Until(ClockName clock, long time)
    {
        Span<ulong> words = stackalloc ulong[ClockBoardCopy.Words];
        ClockBoardCopy copy = Snapshot(words);
        Int128 left = (Int128)time - copy.Read(clock, _now());
        if (left <= 0) { return TimeSpan.Zero; }
        long rate = copy.Rate(clock);
        if (rate <= 0) { return null; }
        // Half a percent early: smearing changes the rate a little.
        Int128 ticks = left * ClockBoardCopy.Nominal / rate * 199 / 200 / TimeSpan.NanosecondsPerTick;
        return ticks > TimeSpan.MaxValue.Ticks ? null : TimeSpan.FromTicks((long)ticks);
    }

    /// <summary>Sets a clock to a time in its own nanoseconds.</summary>
    public void Set(ClockName clock, long nanoseconds) =>
        Change((clock, nanoseconds), static (with, copy, now) => new ClockBoardCopy(copy).Set(with.clock, with.nanoseconds, now));

    /// <summary>Sets a clock forward, or back by a negative time.</summary>
    public void Step(ClockName clock, TimeSpan by) =>
        Change((clock, by), static (with, copy, now) => new ClockBoardCopy(copy).Step(with.clock, (long)with.by.TotalNanoseconds, now));

    /// <summary>Lets a clock run at a rate.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="rate">Seconds a second, 0 (it stands) to 1,000,000; 1 is right, 1.00001 drifts by 10 ppm.</param>
    public void SetRate(ClockName clock, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, 1_000_000);
        Change((clock, rate), static (with, copy, now) => new ClockBoardCopy(copy).SetRate(with.clock, (long)(with.rate * ClockBoardCopy.Nominal), now));
    }

    /// <summary>Makes a clock fail to be read, or mends it.</summary>
    public void Fail(ClockName clock, bool fails) =>
        Change((clock, fails), static (with, copy, _) => new ClockBoardCopy(copy).Fail(with.clock, with.fails));

    /// <summary>Announces leap seconds in place of those that the board has. What UTC shows may step.</summary>
    /// <param name="initialOffset">TAI minus UTC before the first of them, in seconds.</param>
    /// <param name="leaps">At most <see cref="MaxLeapSeconds"/>, ascending.</param>
    public void ScriptLeapSeconds(int initialOffset, params ReadOnlySpan<LeapSecond> leaps)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leaps.Length, MaxLeapSeconds, nameof(leaps));
        Change((initialOffset, Leaps: leaps.ToArray()), static (with, copy, _) => new ClockBoardCopy(copy).SetLeaps(with.initialOffset, with.Leaps));
    }

    /// <summary>Sets the hardware counter and its frequency.</summary>
    public void SetCounter(ulong value, ulong hertz) =>
        Change((value, hertz), static (with, copy, now) => new ClockBoardCopy(copy).SetCounter(with.value, with.hertz, now));

    /// <summary>Lets go of the board; a file goes on.</summary>
    public void Dispose() => _memory.Dispose();

    private static void SetUp(Span<ulong> copy, long now)
    {
        ClockBoardCopy board = new(copy);
        ReadOnlySpan<LeapSecond> all = LeapSecondHistory.All;
        int older = all.Length - (MaxLeapSeconds / 2);
        board.SetLeaps(LeapSecondHistory.InitialOffset + older, all[older..]);
        board.SetCounter(0, DefaultCounterHertz, now);
        long utc = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        for (int clock = 0; clock < ClockNames.Count; clock++)
        {
            board.SetRate((ClockName)clock, ClockBoardCopy.Nominal, now);
            board.SetTai((ClockName)clock, (ClockName)clock is ClockName.Monotonic ? now : LeapTimeline.ToTai(utc, LeapSecondHistory.InitialOffset, all), now);
        }
    }

    private void Change(Changing<int> change) => Change(0, change);

    private void Change<T>(T with, Changing<T> change)
    {
        lock (_changing)
        {
            Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(_memory.Bytes);
            ulong generation = Generation;
            Span<ulong> next = Copy(words, generation + 1);
            Copy(words, generation).CopyTo(next);
            change(with, next, _now());
            Volatile.Write(ref Generation, generation + 1);
        }
    }

    private ClockBoardCopy Snapshot(Span<ulong> into)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(_memory.Bytes);
        while (true)
        {
            ulong generation = Volatile.Read(ref Generation);
            Copy(words, generation).CopyTo(into);
            // The copy is read before the number is read again: only if it is the same did nobody write there meanwhile.
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref Generation) == generation) { return new ClockBoardCopy(into); }
        }
    }

    private static Span<ulong> Copy(Span<ulong> words, ulong generation) =>
        words.Slice(1 + ((int)(generation % Copies) * ClockBoardCopy.Words), ClockBoardCopy.Words);
}

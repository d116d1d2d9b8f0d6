using Stratos.Fabric.Devices.Recovery;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Rtc.Alarms;

/// <summary>All alarms of a device, in its state, with what makes each request and each notification happen once.</summary>
/// <remarks>
/// Four words (the request that was applied last, the request that carries a notification, the clock which that is about,
/// one spare) and two for a clock; every change is one step. One writer at a time.
/// </remarks>
internal sealed class AlarmBoard(DeviceState state, int clocks, Action? probe = null)
{
    private const int HeadWords = 4;
    private const int Applied = 0;
    private const int Carrier = 1;
    private const int CarriedClock = 2;

    private readonly TwinWords _words = new(state, HeadWords + (2 * clocks), probe);

    /// <summary>Bytes of state that a board of some clocks takes.</summary>
    public static int LengthFor(int clocks) => TwinWords.LengthFor(HeadWords + (2 * clocks));

    /// <summary>The number of clocks.</summary>
    public int Count => clocks;

    /// <summary>Whether any alarm rings.</summary>
    public bool IsRinging
    {
        get
        {
            for (int clock = 0; clock < clocks; clock++)
            {
                if (this[clock].IsRinging) { return true; }
            }
            return false;
        }
    }

    /// <summary>The alarm of a clock.</summary>
    public AlarmRecord this[int clock]
    {
        get
        {
            ReadOnlySpan<ulong> copy = _words.Current;
            int at = HeadWords + (2 * clock);
            return new(copy[at], (AlarmFlags)copy[at + 1]);
        }
    }

    /// <summary>Whether a request of the requestq was applied before.</summary>
    public bool WasApplied(ulong sequence) => sequence < _words.Current[Applied];

    /// <summary>The clock whose notification a request of the alarmq carries; -1 if it carries none, or one that is void by now.</summary>
    public int ClockCarriedBy(ulong sequence)
    {
        ReadOnlySpan<ulong> copy = _words.Current;
        return copy[Carrier] == sequence + 1 ? (int)copy[CarriedClock] - 1 : -1;
    }

    /// <summary>Whether some request of the alarmq carries a notification, be it used or not.</summary>
    public bool HasCarrier => _words.Current[CarriedClock] != 0;

    /// <summary>Changes an alarm by a request of the requestq, once and for all. What was carried for the clock and not used is void.</summary>
    public void Apply(int clock, AlarmRecord alarm, ulong sequence)
    {
        Span<ulong> next = _words.Begin();
        Put(next, clock, alarm);
        next[Applied] = sequence + 1;
        if (next[CarriedClock] == (ulong)clock + 1) { next[CarriedClock] = 0; }
        _words.Commit();
    }

    /// <summary>Changes an alarm because of its clock.</summary>
    public void Change(int clock, AlarmRecord alarm)
    {
        Put(_words.Begin(), clock, alarm);
        _words.Commit();
    }

    /// <summary>Takes a ringing alarm and gives its notification to a request of the alarmq.</summary>
    /// <returns>The clock; -1 if no alarm rings.</returns>
    public int Carry(ulong sequence)
    {
        for (int clock = 0; clock < clocks; clock++)
        {
            if (!this[clock].IsRinging) { continue; }
            Span<ulong> next = _words.Begin();
            Put(next, clock, this[clock].Told());
            (next[Carrier], next[CarriedClock]) = (sequence + 1, (ulong)clock + 1);
            _words.Commit();
            return clock;
        }
        return -1;
    }

    /// <summary>Requests of the requestq are numbered anew.</summary>
    public void ForgetRequests() => Forget(Applied);

    /// <summary>Requests of the alarmq are numbered anew.</summary>
    public void ForgetCarrier() => Forget(CarriedClock);

    private static void Put(Span<ulong> copy, int clock, AlarmRecord alarm)
    {
        int at = HeadWords + (2 * clock);
        (copy[at], copy[at + 1]) = (alarm.Time, (ulong)alarm.Flags);
    }

    private void Forget(int word)
    {
        if (_words.Current[word] == 0) { return; }
        _words.Begin()[word] = 0;
        _words.Commit();
    }
}

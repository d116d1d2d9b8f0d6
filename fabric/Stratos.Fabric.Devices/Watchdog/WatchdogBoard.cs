using Stratos.Fabric.Devices.Recovery;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>A watchdog in its device's state, with what makes each request and each notification happen once. One writer at a time.</summary>
internal sealed class WatchdogBoard(DeviceState state, Action? probe = null)
{
    private const int Words = 18;
    private const int AppliedAt = 13;
    private const int AnswerAt = 14;
    private const int CarrierAt = 15;
    private const int ToldAt = 16;

    private readonly TwinWords _words = new(state, Words, probe);

    /// <summary>Bytes of state that it takes.</summary>
    public static int Length => TwinWords.LengthFor(Words);

    /// <summary>How it stands.</summary>
    public WatchdogTimer Timer
    {
        get
        {
            ReadOnlySpan<ulong> words = _words.Current;
            return new WatchdogTimer
            {
                Phase = (WatchdogPhase)words[0],
                ChosenTimeout = (uint)words[1],
                PreTimeout = (uint)words[2],
                Window = (uint)words[3],
                Processors = (int)words[4],
                Fed = (long)words[5],
                Heard = words[6],
                IsWarned = words[7] != 0,
                BootStatus = (WatchdogCause)words[8],
                Silent = words[9],
                Expirations = (uint)words[10],
                StoppedAt = (long)words[11],
            };
        }
    }

    /// <summary>Whether the driver is to be told that the time is nearly over.</summary>
    public bool IsPending => Timer is { IsWarned: true, Phase: WatchdogPhase.Armed } && _words.Current[ToldAt] == 0;

    /// <summary>Whether some request of the event queue may carry a notification.</summary>
    public bool HasCarrier => _words.Current[CarrierAt] != 0;

    /// <summary>Whether a request carries a notification already.</summary>
    public bool IsCarriedBy(ulong sequence) => _words.Current[CarrierAt] == sequence + 1;

    /// <summary>The answer to a request that was applied before; null if it was not.</summary>
    public WatchdogStatus? AnswerTo(ulong sequence) =>
        sequence < _words.Current[AppliedAt] ? (WatchdogStatus)_words.Current[AnswerAt] : null;

    /// <summary>Changes the watchdog because of time or the host.</summary>
    public void Change(WatchdogTimer timer)
    {
        Put(_words.Begin(), timer);
        _words.Commit();
    }

    /// <summary>Changes the watchdog by a request, once and for all.</summary>
    public void Apply(WatchdogTimer timer, ulong sequence, WatchdogStatus answer)
    {
        Span<ulong> words = _words.Begin();
        Put(words, timer);
        (words[AppliedAt], words[AnswerAt]) = (sequence + 1, (ulong)answer);
        _words.Commit();
    }

    /// <summary>Gives the notification to a request of the event queue.</summary>
    public void Carry(ulong sequence)
    {
        Span<ulong> words = _words.Begin();
        (words[CarrierAt], words[ToldAt]) = (sequence + 1, 1);
        _words.Commit();
    }

    /// <summary>Requests are numbered anew.</summary>
    public void ForgetRequests() => Forget(AppliedAt);

    /// <summary>Requests of the event queue are numbered anew.</summary>
    public void ForgetCarrier() => Forget(CarrierAt);

    private static void Put(Span<ulong> words, WatchdogTimer timer)
    {
        (words[0], words[1], words[2], words[3]) = ((ulong)timer.Phase, timer.ChosenTimeout, timer.PreTimeout, timer.Window);
        (words[4], words[5], words[6], words[7]) = ((ulong)timer.Processors, (ulong)timer.Fed, timer.Heard, timer.IsWarned ? 1UL : 0);
        (words[8], words[9], words[10], words[11]) = ((ulong)timer.BootStatus, timer.Silent, timer.Expirations, (ulong)timer.StoppedAt);
        if (!timer.IsWarned) { words[ToldAt] = 0; }
    }

    private void Forget(int word)
    {
        if (_words.Current[word] == 0) { return; }
        _words.Begin()[word] = 0;
        _words.Commit();
    }
}

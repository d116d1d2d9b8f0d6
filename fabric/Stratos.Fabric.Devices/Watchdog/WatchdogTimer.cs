namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>
/// A watchdog: pure functions from how it stands, what happens and the time to how it stands then. Times are nanoseconds
/// of the machine's monotonic clock, which every owner shares; settings are milliseconds.
/// </summary>
internal readonly record struct WatchdogTimer
{
    private const long PerMillisecond = 1_000_000;

    /// <summary>How it stands.</summary>
    public WatchdogPhase Phase { get; init; }

    /// <summary>The driver's time-out; 0 while it chose none.</summary>
    public uint ChosenTimeout { get; init; }

    /// <summary>How long before the time-out the driver is told; 0 for never.</summary>
    public uint PreTimeout { get; init; }

    /// <summary>How long after a ping the next one is too early; 0 for never.</summary>
    public uint Window { get; init; }

    /// <summary>How many virtual processors ping for themselves; 0 if one ping stands for all.</summary>
    public int Processors { get; init; }

    /// <summary>When it was fed last: when the ping came that completed the round of all processors.</summary>
    public long Fed { get; init; }

    /// <summary>The processors that have pinged since then, a bit each.</summary>
    public ulong Heard { get; init; }

    /// <summary>Whether the driver is to be told, or was, that the time is nearly over.</summary>
    public bool IsWarned { get; init; }

    /// <summary>Why it expired last.</summary>
    public WatchdogCause BootStatus { get; init; }

    /// <summary>The processors that were silent when it expired last, a bit each.</summary>
    public ulong Silent { get; init; }

    /// <summary>How often it expired.</summary>
    public uint Expirations { get; init; }

    /// <summary>When its queue was stopped in order; 0 while it runs.</summary>
    public long StoppedAt { get; init; }

    private ulong All => Processors == 0 ? 1 : ulong.MaxValue >> (64 - Processors);

    /// <summary>The time-out in force.</summary>
    public uint Timeout(WatchdogLimits limits) => ChosenTimeout == 0 ? limits.Timeout : ChosenTimeout;

    /// <summary>When it expires without a ping.</summary>
    public long Deadline(WatchdogLimits limits) => Fed + (Timeout(limits) * PerMillisecond);

    /// <summary>A virtual processor pings. The first ping arms; a ping after the expiry changes nothing until that was dealt with.</summary>
    public WatchdogTimer Ping(int processor, long now)
    {
        switch (Phase)
        {
            case WatchdogPhase.Disarmed:
                return this with { Phase = WatchdogPhase.Armed, Fed = now, Heard = First(processor), IsWarned = false };
            case WatchdogPhase.Armed:
                ulong heard = Heard | (1UL << processor);
                if (Processors > 0 && heard != All) { return this with { Heard = heard }; }
                if (Window > 0 && now - Fed < Window * PerMillisecond) { return Expire(WatchdogCause.Early, silent: 0); }
                return this with { Fed = now, Heard = 0, IsWarned = false };
            default:
                return this;
        }
    }

    /// <summary>Time passes.</summary>
    /// <param name="now">The time.</param>
    /// <param name="listeningSince">When the owner began to hear the driver.</param>
    /// <param name="limits">The host's limits.</param>
    public WatchdogTimer Look(long now, long listeningSince, WatchdogLimits limits)
    {
        if (Phase is not WatchdogPhase.Armed || StoppedAt != 0) { return this; }
        if (now >= Judgement(listeningSince, limits))
        {
            bool some = Processors > 0 && Heard != 0;
            return Expire(some ? WatchdogCause.Late | WatchdogCause.SilentProcessors : WatchdogCause.Late, All & ~Heard);
        }
        return PreTimeout > 0 && !IsWarned && now >= Warning(limits) ? this with { IsWarned = true } : this;
    }

    /// <summary>When to look next; null if nothing can happen.</summary>
    public long? NextLook(long listeningSince, WatchdogLimits limits)
    {
        if (Phase is not WatchdogPhase.Armed || StoppedAt != 0) { return null; }
        long judgement = Judgement(listeningSince, limits);
        return PreTimeout > 0 && !IsWarned ? Math.Min(judgement, Warning(limits)) : judgement;
    }

    /// <summary>Milliseconds until the deadline.</summary>
    public uint Remaining(long now, WatchdogLimits limits) => (uint)Math.Max(0, (Deadline(limits) - now) / PerMillisecond);

    /// <summary>What was to be done about the expiry is done: the settings are forgotten, and the next ping arms again.</summary>
    public WatchdogTimer DealtWith() => Phase is WatchdogPhase.Expired ? Anew() : this;

    /// <summary>The driver stops it.</summary>
    public WatchdogTimer Stop() => Phase is WatchdogPhase.Armed ? this with { Phase = WatchdogPhase.Disarmed } : this;

    /// <summary>The driver resets the device: its settings are forgotten, why it expired is not.</summary>
    public WatchdogTimer Reset(WatchdogLimits limits)
    {
        if (Phase is WatchdogPhase.Expired || (limits.NoWayOut && Phase is WatchdogPhase.Armed)) { return this; }
        return Anew();
    }

    /// <summary>
    /// The queue stops in order. Nobody can be heard from now on, so the time does not count, unless there is no way out.
    /// A process that dies stops nothing, and the time counts on.
    /// </summary>
    public WatchdogTimer QueueStopped(long now, WatchdogLimits limits) =>
        Phase is WatchdogPhase.Armed && !limits.NoWayOut ? this with { StoppedAt = now } : this;

    /// <summary>The queue runs.</summary>
    public WatchdogTimer QueueStarted(long now) => StoppedAt == 0 ? this : this with { Fed = Fed + Math.Max(0, now - StoppedAt), StoppedAt = 0 };

    /// <summary>Whether settings go together.</summary>
    public bool IsValid(WatchdogLimits limits) =>
        Timeout(limits) >= limits.Minimum && Timeout(limits) <= limits.Maximum
        && PreTimeout < Timeout(limits) && Window < Timeout(limits) && Processors <= limits.Processors;

    private long Judgement(long listeningSince, WatchdogLimits limits) => Math.Max(Deadline(limits), listeningSince + WatchdogLimits.GraceNanoseconds);

    private long Warning(WatchdogLimits limits) => Deadline(limits) - (PreTimeout * PerMillisecond);

    // Arming begins the first round; the processor that did it need not ping again in it, if there are others.
    private ulong First(int processor) => Processors > 1 ? 1UL << processor : 0;

    private WatchdogTimer Anew() => new() { BootStatus = BootStatus, Silent = Silent, Expirations = Expirations };

    private WatchdogTimer Expire(WatchdogCause cause, ulong silent) =>
        this with { Phase = WatchdogPhase.Expired, BootStatus = cause, Silent = Processors == 0 ? 0 : silent, Expirations = Expirations + 1 };
}

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>What a request does to a watchdog: a pure function (docs/standards/virtio-watchdog.md, "Requests").</summary>
internal static class WatchdogRules
{
    /// <summary>Decides a request.</summary>
    /// <param name="timer">How the watchdog stands.</param>
    /// <param name="request">The request.</param>
    /// <param name="features">The negotiated features.</param>
    /// <param name="limits">The host's limits.</param>
    /// <param name="now">The time.</param>
    /// <returns>How it stands then, and the answer; it stands as before unless the answer is OK.</returns>
    public static (WatchdogTimer Timer, WatchdogStatus Answer) Decide(
        WatchdogTimer timer, WatchdogRequest request, ulong features, WatchdogLimits limits, long now)
    {
        if (request.Type > WatchdogRequestType.ClearBootStatus) { return (timer, WatchdogStatus.NotSupported); }
        if ((features & Needed(request.Type)) != Needed(request.Type)) { return (timer, WatchdogStatus.NotSupported); }
        if (request.Type is WatchdogRequestType.Ping)
        {
            return request.Processor < Math.Max(1, timer.Processors) && request.Value == 0
                ? (timer.Ping(request.Processor, now), WatchdogStatus.Ok)
                : (timer, WatchdogStatus.Invalid);
        }
        if (request.Processor != 0) { return (timer, WatchdogStatus.Invalid); }
        bool isLocked = limits.NoWayOut && timer.Phase is not WatchdogPhase.Disarmed && request.Type is not WatchdogRequestType.ClearBootStatus;
        if (isLocked) { return (timer, WatchdogStatus.Locked); }
        WatchdogTimer? changed = Change(timer, request);
        return changed is { } next && next.IsValid(limits) ? (next, WatchdogStatus.Ok) : (timer, WatchdogStatus.Invalid);
    }

    private static WatchdogTimer? Change(WatchdogTimer timer, WatchdogRequest request) => request.Type switch
    {
        WatchdogRequestType.SetTimeout when request.Value > 0 => timer with { ChosenTimeout = request.Value },
        WatchdogRequestType.SetPreTimeout => timer with { PreTimeout = request.Value, IsWarned = false },
        WatchdogRequestType.SetWindow => timer with { Window = request.Value },
        WatchdogRequestType.SetProcessors when request.Value <= 64 => timer with { Processors = (int)request.Value, Heard = 0 },
        WatchdogRequestType.Stop when request.Value == 0 => timer.Stop(),
        WatchdogRequestType.ClearBootStatus when request.Value == 0 => timer with { BootStatus = WatchdogCause.None, Silent = 0 },
        _ => null,
    };

    private static ulong Needed(WatchdogRequestType type) => type switch
    {
        WatchdogRequestType.SetTimeout => WatchdogFeatures.Control,
        WatchdogRequestType.SetPreTimeout => WatchdogFeatures.PreTimeout,
        WatchdogRequestType.SetWindow => WatchdogFeatures.Window,
        WatchdogRequestType.SetProcessors => WatchdogFeatures.Processors,
        WatchdogRequestType.Stop => WatchdogFeatures.Stop,
        WatchdogRequestType.ClearBootStatus => WatchdogFeatures.BootStatus,
        _ => 0,
    };
}

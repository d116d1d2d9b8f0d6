using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>
/// The watchdog device (id 35): the protocol in use, of one queue and no configuration, and the extension that
/// docs/standards/virtio-watchdog.md describes. The first ping arms it; without a next one in time it resets the machine.
/// </summary>
/// <remarks>
/// The deadline is in the device's state, on the clock that all processes share: it goes on when the process dies, and a
/// successor judges by it once it has heard what the driver said meanwhile. The time during which the queue is stopped in
/// order does not count, unless there is no way out. An expiry that was not dealt with when the process died is dealt with
/// by the successor, at least once.
/// </remarks>
public sealed class WatchdogDevice : VirtioDevice
{
    private const ushort QueueSize = 64;
    private const int EventQueue = 1;

    private readonly IResetLine _line;
    private readonly bool _isExtended;
    private readonly Func<long> _now;
    private readonly bool _watches;
    private WatchdogWatch? _watch;
    private WatchdogEventHandler? _events;
    private long _listeningSince;
    private bool _resets;
    private bool _isOver;

    /// <summary>Makes a device on a reset line, which it disposes when it is deactivated.</summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it and the remedy.</exception>
    public WatchdogDevice(WatchdogOptions options, IResetLine line)
        : this(options, line, static () => MonotonicClock.Nanoseconds, watches: true) { }

    internal WatchdogDevice(WatchdogOptions options, IResetLine line, Func<long> now, bool watches)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(line);
        options.Validate();
        (_line, _now, _watches, _isExtended) = (line, now, watches, options.Extended);
        Limits = options.Limits;
        ulong optional = (Limits.NoWayOut ? 0 : WatchdogFeatures.Stop) | (Limits.Processors == 0 ? 0 : WatchdogFeatures.Processors);
        Features = _isExtended ? WatchdogFeatures.Always | optional : 0;
        QueueDescription request = new("requestq", QueueSize);
        Queues = _isExtended ? [request, new("eventq", QueueSize)] : [request];
        Board = new WatchdogBoard(Context.State);
    }

    /// <summary>Makes the device that the options describe.</summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it and the remedy.</exception>
    public static WatchdogDevice Create(WatchdogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new(options, options.OpenLine());
    }

    /// <inheritdoc/>
    public override VirtioDeviceId Id => VirtioDeviceId.Watchdog;

    /// <inheritdoc/>
    public override ulong Features { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<QueueDescription> Queues { get; }

    /// <inheritdoc/>
    public override int ConfigLength => _isExtended ? WatchdogConfiguration.Length : 0;

    /// <inheritdoc/>
    public override int StateLength => WatchdogBoard.Length;

    /// <summary>What the host lets the driver choose.</summary>
    internal WatchdogLimits Limits { get; }

    /// <summary>Held by whoever reads or changes the watchdog.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The watchdog. With the gate held.</summary>
    internal WatchdogBoard Board { get; private set; }

    /// <summary>Called around each change of the state, for tests that end the process there.</summary>
    internal Action? Probe { get; init; }

    /// <summary>Milliseconds until the deadline. With the gate held.</summary>
    internal uint Remaining => Board.Timer.Remaining(_now(), Limits);

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        Span<byte> space = stackalloc byte[WatchdogConfiguration.Length];
        // A transport may ask before there is any state: what a session would begin with.
        lock (Gate) { WatchdogConfiguration.Write(space, Board.Timer, Limits); }
        space.Slice(offset, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public override QueueHandler CreateHandler(QueueContext queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        lock (Gate) { return queue.Index == EventQueue ? new WatchdogEventHandler(this, queue) : new WatchdogHandler(this, queue); }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        lock (Gate) { Board.Change(Board.Timer.Reset(Limits)); }
    }

    /// <inheritdoc/>
    public override void Deactivate()
    {
        lock (Gate) { _isOver = true; }
        _line.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnActivated() => Board = new WatchdogBoard(Context.State, Probe);

    /// <summary>The requestq runs. With the gate held.</summary>
    internal void Listen(bool resumed)
    {
        if (!resumed) { Board.ForgetRequests(); }
        _listeningSince = _now();
        if (Board.Timer.StoppedAt != 0) { Board.Change(Board.Timer.QueueStarted(_listeningSince)); }
        if (_watches) { _watch = new WatchdogWatch(this); }
    }

    /// <summary>The requestq stops in order.</summary>
    internal void StopListening()
    {
        lock (Gate)
        {
            _watch?.Stop();
            _watch = null;
            WatchdogTimer timer = Board.Timer;
            WatchdogTimer stopped = timer.QueueStopped(_now(), Limits);
            if (stopped != timer) { Board.Change(stopped); }
        }
    }

    /// <summary>The eventq runs. With the gate held.</summary>
    internal void Attach(WatchdogEventHandler events) => _events = events;

    /// <summary>The eventq stops. With the gate held.</summary>
    internal void Detach(WatchdogEventHandler events)
    {
        if (_events == events) { _events = null; }
    }

    /// <summary>Serves a request of the driver.</summary>
    internal WatchdogStatus Ask(WatchdogRequest request, ulong sequence, ulong features)
    {
        lock (Gate)
        {
            if (Board.AnswerTo(sequence) is { } before) { return before; }
            WatchdogTimer timer = Board.Timer;
            (WatchdogTimer next, WatchdogStatus answer) = WatchdogRules.Decide(timer, request, features, Limits, _now());
            if (answer is not WatchdogStatus.Ok) { return answer; }
            Board.Apply(next, sequence, answer);
            // A ping only puts the deadline off, and the watch finds that out by itself.
            bool isSooner = next.NextLook(_listeningSince, Limits) < timer.NextLook(_listeningSince, Limits);
            if (isSooner || next.Phase != timer.Phase) { _watch?.Changed(); }
            if (next.Phase is WatchdogPhase.Expired && next.Phase != timer.Phase) { Context.NotifyConfigChanged(); }
            return answer;
        }
    }

    /// <summary>Looks whether a deadline is over. With the gate held.</summary>
    /// <returns>How long until the next look.</returns>
    internal TimeSpan Look()
    {
        WatchdogTimer timer = Board.Timer;
        long now = _now();
        WatchdogTimer seen = timer.Look(now, _listeningSince, Limits);
        if (seen != timer) { Board.Change(seen); }
        if (seen.IsWarned && !timer.IsWarned) { _events?.Changed(); }
        if (seen.Phase != timer.Phase) { Context.NotifyConfigChanged(); }
        return seen.NextLook(_listeningSince, Limits) is { } next ? TimeSpan.FromMicroseconds((Math.Max(0, next - now) + 999) / 1000) : Timeout.InfiniteTimeSpan;
    }

    /// <summary>Whether the machine is to be reset by the caller, now. With the gate held.</summary>
    internal bool TryBeginReset()
    {
        if (_resets || Board.Timer.Phase is not WatchdogPhase.Expired) { return false; }
        return _resets = true;
    }

    /// <summary>Resets the machine and reports it. After <see cref="TryBeginReset"/>, without the gate.</summary>
    /// <param name="pause">How long until the next look.</param>
    /// <returns>False if the reset failed and is to be tried again.</returns>
    internal bool Reset(out TimeSpan pause)
    {
        WatchdogTimer timer;
        lock (Gate) { timer = Board.Timer; }
        string? failure = _line.TryReset(timer.BootStatus);
        lock (Gate)
        {
            _resets = false;
            pause = Timeout.InfiniteTimeSpan;
            // Of a session that is over, somebody else deals with the expiry.
            if (_isOver) { return true; }
            if (failure is null) { Board.Change(Board.Timer.DealtWith()); }
            pause = Look();
            _watch?.Changed();
        }
        Context.Report(WatchdogText.Describe(timer, _line, failure));
        if (failure is null) { Context.NotifyConfigChanged(); }
        return failure is null;
    }

    /// <summary>Reports something that the device survived.</summary>
    internal void Warn(string where, string what) => Context.Warn(where, what);
}

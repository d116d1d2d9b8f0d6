using Stratos.Fabric.Devices.Rtc.Alarms;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Rtc;

/// <summary>The RTC device (virtio 1.4, section 5.23): clocks to read, alone or with a hardware counter, and an alarm for each.</summary>
/// <remarks>
/// Alarms are kept in the device's state and go on when the process dies: one that came due meanwhile rings when a
/// successor serves the queue, and each expiration is told once. A backend that is lost leaves the clocks running.
/// </remarks>
public sealed class RtcDevice : VirtioDevice
{
    /// <summary>VIRTIO_RTC_F_ALARM: some clock has an alarm.</summary>
    public const ulong AlarmFeature = 1UL << 0;

    // QEMU's device has queues of this size, and both of them whatever is negotiated.
    private const ushort QueueSize = 1024;
    private const int AlarmQueue = 1;

    private readonly bool[] _hasAlarm;
    private readonly bool _keepsAlarms;
    private readonly bool _watches;
    private AlarmHandler? _handler;
    private AlarmWatch? _watch;

    /// <summary>Makes a device on a host port, which it disposes when it is deactivated.</summary>
    /// <param name="port">The clocks, at most <see cref="RtcOptions.MaxClocks"/>; the guest sees all of them, in this order.</param>
    /// <param name="alarms">The numbers of the clocks that the guest may set an alarm of.</param>
    /// <param name="keepAlarms">Whether alarms stay when the driver resets the device, as it does when its system starts or wakes up.</param>
    public RtcDevice(IClockPort port, IEnumerable<int> alarms, bool keepAlarms = true)
        : this(port, alarms, keepAlarms, watches: true) { }

    internal RtcDevice(IClockPort port, IEnumerable<int> alarms, bool keepAlarms, bool watches)
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentNullException.ThrowIfNull(alarms);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port.Clocks.Count, RtcOptions.MaxClocks, nameof(port));
        (Port, _keepsAlarms, _watches) = (port, keepAlarms, watches);
        _hasAlarm = new bool[port.Clocks.Count];
        foreach (int clock in alarms) { _hasAlarm[clock] = true; }
        Features = _hasAlarm.Contains(true) ? AlarmFeature : 0;
        Alarms = new AlarmBoard(Context.State, port.Clocks.Count);
    }

    /// <summary>Makes the device that the options describe.</summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it and the remedy.</exception>
    public static RtcDevice Create(RtcOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new(options.OpenPort(), options.AlarmClocks, !options.ForgetAlarms);
    }

    /// <inheritdoc/>
    public override VirtioDeviceId Id => VirtioDeviceId.Rtc;

    /// <inheritdoc/>
    public override ulong Features { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("requestq", QueueSize), new("alarmq", QueueSize)];

    /// <inheritdoc/>
    public override int StateLength => AlarmBoard.LengthFor(Port.Clocks.Count);

    /// <summary>The host's clocks.</summary>
    internal IClockPort Port { get; }

    /// <summary>The clocks that the guest sees.</summary>
    internal IReadOnlyList<ClockDescription> Clocks => Port.Clocks;

    /// <summary>Held by whoever reads or changes alarms.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Called around each change of the state, for tests that end the process there.</summary>
    internal Action? Probe { get; init; }

    /// <summary>The alarms. With the gate held.</summary>
    internal AlarmBoard Alarms { get; private set; }

    /// <inheritdoc/>
    public override QueueHandler CreateHandler(QueueContext queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        lock (Gate) { return queue.Index == AlarmQueue ? new AlarmHandler(this, queue) : new RtcRequestHandler(this, queue); }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        lock (Gate)
        {
            for (int clock = 0; clock < Alarms.Count; clock++)
            {
                AlarmRecord alarm = _keepsAlarms ? Alarms[clock] : default;
                if (alarm.IsEnabled && Port.TryRead(clock, out ulong now)) { alarm = alarm.Enable(true, now); }
                Alarms.Change(clock, alarm);
            }
        }
    }

    /// <inheritdoc/>
    public override void Deactivate() => Port.Dispose();

    /// <inheritdoc/>
    protected override void OnActivated() => Alarms = new AlarmBoard(Context.State, Port.Clocks.Count, Probe);

    /// <summary>Whether the guest may set an alarm of a clock.</summary>
    internal bool HasAlarm(int clock) => _hasAlarm[clock];

    /// <summary>Whether a clock is read together with a counter.</summary>
    internal bool CanCross(int clock, RtcCounter counter) => Port.CanCross(clock, counter);

    /// <summary>Reads a clock.</summary>
    internal bool TryRead(int clock, out ulong now) => Port.TryRead(clock, out now);

    /// <summary>Reads a clock together with a counter.</summary>
    internal bool TryReadCross(int clock, RtcCounter counter, out ulong now, out ulong cycles) =>
        Port.TryReadCross(clock, counter, out now, out cycles);

    /// <summary>The alarm of a clock.</summary>
    internal AlarmRecord AlarmOf(int clock)
    {
        lock (Gate) { return Alarms[clock]; }
    }

    /// <summary>Sets an alarm, enables or disables it; nothing if this very request did so before a crash.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="time">The alarm's time; null to leave it.</param>
    /// <param name="enabled">Whether the alarm is to ring.</param>
    /// <param name="sequence">The request's number.</param>
    /// <returns>False if the clock cannot be read, which it takes to know whether the time is over.</returns>
    internal bool TrySetAlarm(int clock, ulong? time, bool enabled, ulong sequence)
    {
        lock (Gate)
        {
            if (Alarms.WasApplied(sequence)) { return true; }
            ulong now = 0;
            if (enabled && !Port.TryRead(clock, out now)) { return false; }
            AlarmRecord alarm = AlarmRecord.Set(time ?? Alarms[clock].Time, enabled, now);
            Alarms.Apply(clock, alarm, sequence);
            if (alarm.IsRinging) { _handler?.Changed(); }
            if (enabled) { _watch?.Changed(); }
            return true;
        }
    }

    /// <summary>Looks at each clock whose alarm is enabled. With the gate held.</summary>
    /// <param name="pause">When to look again, if no alarm and no clock is set before.</param>
    /// <returns>Whether any alarm is enabled, so that a clock that somebody sets matters.</returns>
    internal bool LookAtClocks(out TimeSpan pause)
    {
        bool any = false;
        pause = Timeout.InfiniteTimeSpan;
        for (int clock = 0; clock < Alarms.Count; clock++)
        {
            AlarmRecord alarm = Alarms[clock];
            any |= alarm.IsEnabled;
            if (!alarm.IsEnabled || !Port.TryRead(clock, out ulong now)) { continue; }
            AlarmRecord seen = alarm.Look(now);
            if (seen != alarm)
            {
                Alarms.Change(clock, seen);
                if (seen.IsRinging) { _handler?.Changed(); }
            }
            if (!seen.IsAhead) { continue; }
            TimeSpan due = Port.Until(clock, seen.Time);
            if (due >= TimeSpan.Zero && (pause < TimeSpan.Zero || due < pause)) { pause = due; }
        }
        return any;
    }

    /// <summary>The alarmq runs. With the gate held.</summary>
    /// <param name="handler">Its handler.</param>
    /// <param name="hasAlarms">Whether the driver knows alarms; if not, the queue does not exist for it.</param>
    internal void Attach(AlarmHandler handler, bool hasAlarms)
    {
        _handler = handler;
        _watch = _watches && hasAlarms ? new AlarmWatch(this) : null;
    }

    /// <summary>The alarmq stops. With the gate held.</summary>
    internal void Detach(AlarmHandler handler)
    {
        if (_handler != handler) { return; }
        _watch?.Stop();
        (_handler, _watch) = (null, null);
    }

    /// <summary>Reports something that the device survived.</summary>
    internal void Warn(string where, string what) => Context.Warn(where, what);
}

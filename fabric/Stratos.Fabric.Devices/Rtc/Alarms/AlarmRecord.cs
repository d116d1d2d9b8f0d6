namespace Stratos.Fabric.Devices.Rtc.Alarms;

/// <summary>One clock's alarm, and what happens to it: pure functions of the clock's time (virtio 1.4, section 5.23.6.4).</summary>
/// <param name="Time">The alarm's time in the clock's nanoseconds.</param>
/// <param name="Flags">How it stands.</param>
internal readonly record struct AlarmRecord(ulong Time, AlarmFlags Flags)
{
    public bool IsEnabled => (Flags & AlarmFlags.Enabled) != 0;

    public bool IsRinging => (Flags & AlarmFlags.Ringing) != 0;

    /// <summary>Whether the alarm waits for its clock.</summary>
    public bool IsAhead => (Flags & AlarmFlags.Ahead) != 0;

    /// <summary>The driver sets the alarm. One whose time is not in the future expires at once; an older expiration is forgotten.</summary>
    public static AlarmRecord Set(ulong time, bool enabled, ulong now) =>
        new(time, !enabled ? AlarmFlags.None : AlarmFlags.Enabled | (now >= time ? AlarmFlags.Ringing : AlarmFlags.Ahead));

    /// <summary>The alarm is enabled or disabled, and its time stays.</summary>
    public AlarmRecord Enable(bool enabled, ulong now) => Set(Time, enabled, now);

    /// <summary>
    /// The clock shows a time. It has reached the alarm, or was set back before it: then the alarm waits again, and an
    /// expiration that the driver was not told of is over, as the driver would read a time that contradicts it.
    /// </summary>
    public AlarmRecord Look(ulong now)
    {
        if (!IsEnabled || (now >= Time) != IsAhead) { return this; }
        return this with { Flags = AlarmFlags.Enabled | (IsAhead ? AlarmFlags.Ringing : AlarmFlags.Ahead) };
    }

    /// <summary>The driver is told.</summary>
    public AlarmRecord Told() => this with { Flags = Flags & ~AlarmFlags.Ringing };
}

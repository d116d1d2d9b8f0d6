namespace Stratos.Fabric.Devices.Rtc.Alarms;

/// <summary>How an alarm stands.</summary>
[Flags]
internal enum AlarmFlags : ulong
{
    None = 0,

    /// <summary>The driver enabled it.</summary>
    Enabled = 1,

    /// <summary>The clock was seen before the alarm's time: to reach it is an expiration.</summary>
    Ahead = 2,

    /// <summary>It has expired, and the driver was not told yet.</summary>
    Ringing = 4,
}

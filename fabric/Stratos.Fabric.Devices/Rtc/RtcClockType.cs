namespace Stratos.Fabric.Devices.Rtc;

/// <summary>What a clock shows (virtio 1.4, section 5.23.6.1.1).</summary>
public enum RtcClockType : byte
{
    /// <summary>Coordinated Universal Time as Unix counts it: it steps at leap seconds.</summary>
    Utc = 0,

    /// <summary>International Atomic Time since 1970-01-01 00:00 TAI.</summary>
    Tai = 1,

    /// <summary>Seconds since some moment before the device's reset; never goes back.</summary>
    Monotonic = 2,

    /// <summary>UTC that is slowed down or sped up around a leap second instead of stepping.</summary>
    UtcSmeared = 3,

    /// <summary>UTC that does one or the other at each leap second.</summary>
    UtcMaybeSmeared = 4,
}

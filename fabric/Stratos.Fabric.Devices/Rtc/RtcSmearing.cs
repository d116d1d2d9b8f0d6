namespace Stratos.Fabric.Devices.Rtc;

/// <summary>How a smeared clock leaves UTC around a leap second (virtio 1.4, section 5.23.6.1.2).</summary>
public enum RtcSmearing : byte
{
    /// <summary>Not stated; the value of every clock that is not <see cref="RtcClockType.UtcSmeared"/>.</summary>
    Unspecified = 0,

    /// <summary>Evenly from noon before the leap second to noon after it.</summary>
    NoonLinear = 1,

    /// <summary>By 0.1 % during the last 1000 seconds of the day with the leap second (the UTC-SLS proposal).</summary>
    UtcSls = 2,
}

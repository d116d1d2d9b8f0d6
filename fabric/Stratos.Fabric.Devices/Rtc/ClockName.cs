namespace Stratos.Fabric.Devices.Rtc;

/// <summary>The clocks that the host ports know.</summary>
public enum ClockName
{
    /// <summary><c>utc</c>: UTC that steps at leap seconds.</summary>
    Utc,

    /// <summary><c>tai</c>: TAI.</summary>
    Tai,

    /// <summary><c>monotonic</c>: time since some past moment.</summary>
    Monotonic,

    /// <summary><c>smeared</c>: UTC, smeared from noon to noon. Linux makes <c>/dev/rtc</c> of this type of clock only.</summary>
    Smeared,

    /// <summary><c>smeared-sls</c>: UTC, smeared over the last 1000 seconds of a day.</summary>
    SmearedSls,

    /// <summary><c>maybe-smeared</c>: UTC of which it is not known what it does at a leap second.</summary>
    MaybeSmeared,
}

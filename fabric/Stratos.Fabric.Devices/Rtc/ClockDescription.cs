namespace Stratos.Fabric.Devices.Rtc;

/// <summary>A clock as a host port states it.</summary>
/// <param name="Type">What it shows.</param>
/// <param name="Smearing">How it is smeared; <see cref="RtcSmearing.Unspecified"/> unless the type is <see cref="RtcClockType.UtcSmeared"/>.</param>
public readonly record struct ClockDescription(RtcClockType Type, RtcSmearing Smearing = RtcSmearing.Unspecified);

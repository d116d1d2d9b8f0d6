namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>What the host lets a driver choose. Times are milliseconds.</summary>
/// <param name="Minimum">The shortest time-out.</param>
/// <param name="Maximum">The longest time-out.</param>
/// <param name="Timeout">The time-out until the driver chooses another.</param>
/// <param name="Processors">Most virtual processors that ping for themselves, 0 to 64.</param>
/// <param name="NoWayOut">Whether a watchdog that is armed can neither be stopped nor changed, nor be disarmed by a reset of the device.</param>
internal readonly record struct WatchdogLimits(uint Minimum, uint Maximum, uint Timeout, int Processors, bool NoWayOut)
{
    /// <summary>How long a successor listens before it judges: what was said while nobody served is in the ring by then.</summary>
    public const long GraceNanoseconds = 100_000_000;
}

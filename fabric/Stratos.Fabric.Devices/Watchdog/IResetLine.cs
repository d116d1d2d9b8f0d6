namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>Host port: how a watchdog that expired resets the machine that it watches.</summary>
public interface IResetLine : IDisposable
{
    /// <summary>Resets the machine. May wait for some seconds. Called again, after a pause, until it succeeds or the process dies; one thread at a time.</summary>
    /// <param name="cause">Why.</param>
    /// <returns>Null when the machine was reset; otherwise why that failed, for a reader.</returns>
    string? TryReset(WatchdogCause cause);
}

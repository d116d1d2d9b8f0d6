namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>No reset line: an expiry is reported, and nothing else is done about it.</summary>
public sealed class NoResetLine : IResetLine
{
    /// <inheritdoc/>
    public string? TryReset(WatchdogCause cause) => null;

    /// <inheritdoc/>
    public void Dispose() { }
}

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>Why a watchdog expired; the bits of the configuration's boot status.</summary>
[Flags]
public enum WatchdogCause : uint
{
    /// <summary>It did not.</summary>
    None = 0,

    /// <summary>No ping came in time.</summary>
    Late = 1,

    /// <summary>A ping came before the window was open.</summary>
    Early = 2,

    /// <summary>Some virtual processors pinged in time, and others did not.</summary>
    SilentProcessors = 4,
}

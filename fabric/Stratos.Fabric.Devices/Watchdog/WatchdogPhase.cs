namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>How a watchdog stands.</summary>
internal enum WatchdogPhase : ulong
{
    /// <summary>It waits for its first ping.</summary>
    Disarmed = 0,

    /// <summary>It waits for the next ping.</summary>
    Armed = 1,

    /// <summary>It expired, and what is to be done about it is not done yet.</summary>
    Expired = 2,
}

namespace Stratos.Actors.Supervision;

/// <summary>What supervision did.</summary>
public enum SupervisionStep
{
    /// <summary>A queue's handler failed; the queue alone is started again after the delay.</summary>
    QueueRestarting,
    /// <summary>A queue that had failed runs again.</summary>
    QueueRestarted,
    /// <summary>A queue's ring is malformed; the queue stays stopped until the driver resets it. No fault of the device.</summary>
    QueueFailed,
    /// <summary>A queue's right to run is over; it stays stopped.</summary>
    QueueFenced,
    /// <summary>A device failed, or one of its queues failed too often; the device is made anew after the delay.</summary>
    DeviceRestarting,
    /// <summary>A device that had failed serves again.</summary>
    DeviceRestarted,
    /// <summary>A device did not let go of the host as it was given up; it is given up all the same.</summary>
    DeviceDiscarded,
    /// <summary>A device made something known that happened to what it serves, such as the expiry of a watchdog. No fault of the device.</summary>
    DeviceReported,
    /// <summary>A transport session failed; it is run again after the delay.</summary>
    SessionRestarting,
    /// <summary>A device failed too often, or cannot be stopped; the partition's process ends.</summary>
    PartitionEnding,
}

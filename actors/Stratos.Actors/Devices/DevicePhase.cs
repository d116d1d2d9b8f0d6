namespace Stratos.Actors.Devices;

/// <summary>Where a device stands in its life.</summary>
public enum DevicePhase
{
    /// <summary>It can be described and its configuration read; no session has attached state to it.</summary>
    Idle,
    /// <summary>A session's state is being given to it.</summary>
    Attaching,
    /// <summary>It serves: queues may be started and stopped.</summary>
    Attached,
    /// <summary>It failed; its queues are being stopped.</summary>
    Recycling,
    /// <summary>It failed, all its queues are stopped, and the back-off runs.</summary>
    Resting,
    /// <summary>It was made anew and is being given the state that it had.</summary>
    Reviving,
    /// <summary>The partition gives it up: the session ends, then the queues are stopped.</summary>
    Closing,
    /// <summary>It was given up; nothing of it runs.</summary>
    Closed,
    /// <summary>It failed too often or cannot be stopped; only the end of the process helps.</summary>
    Lost,
}

using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Actors.Devices;

/// <summary>Something that happened to a device, its queues or its session.</summary>
public abstract record DeviceEvent
{
    /// <summary>A session begins and brings the device's state.</summary>
    public sealed record AttachAsked : DeviceEvent;
    /// <summary>The session wants a queue to run.</summary>
    public sealed record StartAsked(QueueSetup Setup) : DeviceEvent;
    /// <summary>The session wants a queue stopped.</summary>
    public sealed record StopAsked(int Index) : DeviceEvent;
    /// <summary>The session wants the device reset.</summary>
    public sealed record ResetAsked : DeviceEvent;
    /// <summary>The partition wants the device given up.</summary>
    public sealed record CloseAsked : DeviceEvent;

    /// <summary>The device has its state.</summary>
    public sealed record Activated : DeviceEvent;
    /// <summary>The device forgot what the driver had set up.</summary>
    public sealed record ResetDone : DeviceEvent;
    /// <summary>The device's own code failed outside a queue.</summary>
    public sealed record DeviceFaulted(string Cause) : DeviceEvent;

    /// <summary>A queue's pump runs.</summary>
    public sealed record QueueStarted(int Index) : DeviceEvent;
    /// <summary>A queue's pump could not be made or started; none runs.</summary>
    public sealed record QueueStartFailed(int Index, string Cause) : DeviceEvent;
    /// <summary>A queue's pump stopped because it was asked to.</summary>
    public sealed record QueueStopped(int Index, QueueState State) : DeviceEvent;
    /// <summary>A queue's handler failed; its pump has stopped.</summary>
    public sealed record QueueFaulted(int Index, QueueState State, string Cause) : DeviceEvent;
    /// <summary>A queue's ring is malformed; its pump has stopped.</summary>
    public sealed record RingFailed(int Index, QueueState State, string Reason) : DeviceEvent;
    /// <summary>A queue's epoch is over; its pump has stopped.</summary>
    public sealed record QueueFenced(int Index, QueueState State) : DeviceEvent;
    /// <summary>A queue's pump did not stop in time: requests are in flight that nobody can take back.</summary>
    public sealed record QueueStuck(int Index, string Cause) : DeviceEvent;

    /// <summary>The session ended or failed.</summary>
    public sealed record SessionEnded(string Cause) : DeviceEvent;

    /// <summary>A queue's back-off is over.</summary>
    public sealed record QueueDelayOver(int Index) : DeviceEvent;
    /// <summary>The device's back-off is over.</summary>
    public sealed record DeviceDelayOver : DeviceEvent;
    /// <summary>The session's back-off is over.</summary>
    public sealed record SessionDelayOver : DeviceEvent;
}

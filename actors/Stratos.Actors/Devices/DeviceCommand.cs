using Stratos.Actors.Supervision;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Actors.Devices;

/// <summary>Something that a decision wants done. Carried out in order by the device actor, which decides nothing.</summary>
public abstract record DeviceCommand
{
    /// <summary>Answer the operation that is owed.</summary>
    public sealed record Answer(object Reply) : DeviceCommand;
    /// <summary>Refuse the operation that is owed, or has just been asked.</summary>
    public sealed record Refuse(string Reason) : DeviceCommand;
    /// <summary>Forget who asked: the asker has gone.</summary>
    public sealed record Forget : DeviceCommand;

    /// <summary>Make the device anew unless it is unused, and give it its state. Leads to <see cref="DeviceEvent.Activated"/> or <see cref="DeviceEvent.DeviceFaulted"/>.</summary>
    public sealed record Activate : DeviceCommand;
    /// <summary>Reset the device object. Leads to <see cref="DeviceEvent.ResetDone"/> or <see cref="DeviceEvent.DeviceFaulted"/>.</summary>
    public sealed record ResetDevice : DeviceCommand;
    /// <summary>Deactivate the device object and let go of it. Its failures are reported and otherwise ignored.</summary>
    public sealed record Discard : DeviceCommand;

    /// <summary>Start a queue's pump. Leads to <see cref="DeviceEvent.QueueStarted"/> or <see cref="DeviceEvent.QueueStartFailed"/>.</summary>
    public sealed record StartQueue(QueueSetup Setup) : DeviceCommand;
    /// <summary>Stop a queue's pump. Leads to one of the queue's ends.</summary>
    public sealed record StopQueue(int Index) : DeviceCommand;
    /// <summary>Tell the session that a queue's ring is malformed.</summary>
    public sealed record TellQueueFailed(int Index, string Reason) : DeviceCommand;

    /// <summary>Begin a queue's back-off; it replaces one that runs.</summary>
    public sealed record DelayQueue(int Index, TimeSpan After) : DeviceCommand;
    /// <summary>Begin the device's back-off.</summary>
    public sealed record DelayDevice(TimeSpan After) : DeviceCommand;
    /// <summary>Begin the session's back-off.</summary>
    public sealed record DelaySession(TimeSpan After) : DeviceCommand;

    /// <summary>Run the session.</summary>
    public sealed record RunSession : DeviceCommand;
    /// <summary>End the session. Leads to <see cref="DeviceEvent.SessionEnded"/>.</summary>
    public sealed record StopSession : DeviceCommand;

    /// <summary>Publish a step of supervision.</summary>
    public sealed record Report(SupervisionStep Step, string Unit, int Number, TimeSpan After, string Cause) : DeviceCommand;
    /// <summary>Tell the partition that its process must end.</summary>
    public sealed record EndPartition(string Cause) : DeviceCommand;
    /// <summary>Tell the partition that the device was given up in order.</summary>
    public sealed record Closed : DeviceCommand;
}

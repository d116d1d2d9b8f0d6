using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Virtio.Contract;

/// <summary>
/// What a transport asks of a device: the fabric's internal device protocol. Every transport translates its wire into
/// these and nothing else; a device actor's mailbox takes these. The set follows virtio 1.4, section 2, and the
/// transport operations of the virtio-msg draft.
/// </summary>
/// <remarks>A refused operation throws <see cref="DeviceOperationException"/> at the asker, with the reason.</remarks>
public abstract record DeviceOperation
{
    /// <summary>Who are you: identity, features, queues, configuration length.</summary>
    public sealed record Describe : DeviceOperation<DeviceDescription>;

    /// <summary>Read <paramref name="Length"/> bytes of configuration space from <paramref name="Offset"/>.</summary>
    public sealed record ReadConfig(int Offset, int Length) : DeviceOperation<byte[]>;

    /// <summary>Write configuration space from <paramref name="Offset"/> on.</summary>
    public sealed record WriteConfig(int Offset, ReadOnlyMemory<byte> Data) : DeviceOperation<Done>;

    /// <summary>
    /// A session begins: give the device its state memory and the sink of its events. A session that begins ends the one
    /// before, whose queues must be stopped.
    /// </summary>
    public sealed record Attach(DeviceState State, IDeviceEvents Events) : DeviceOperation<Done>;

    /// <summary>Start a queue. Answered when its pump runs; recovery of what a previous owner left comes first on the pump.</summary>
    public sealed record StartQueue(QueueSetup Setup) : DeviceOperation<Done>;

    /// <summary>Stop a queue: no chain is taken any more, those in flight are completed. Answered with the ring's state. Idempotent.</summary>
    public sealed record StopQueue(int Index) : DeviceOperation<QueueState>;

    /// <summary>Reset the device (virtio 1.4, section 2.1): all queues are stopped, device state is forgotten. Idempotent.</summary>
    public sealed record Reset : DeviceOperation<Done>;
}

/// <summary>A device operation whose answer is a <typeparamref name="TReply"/>.</summary>
public abstract record DeviceOperation<TReply> : DeviceOperation;

/// <summary>The answer of an operation that has nothing to say but that it was done.</summary>
public sealed record Done
{
    /// <summary>The one instance.</summary>
    public static Done Instance { get; } = new();
}

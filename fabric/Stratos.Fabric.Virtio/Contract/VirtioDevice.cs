using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Contract;

/// <summary>
/// What a virtio device is: its identity, features, configuration space and queues. A new device derives from this
/// class and from <see cref="QueueHandler"/>; it knows no transport, no ring layout, no actor and no session.
/// </summary>
/// <remarks>
/// <para>Lifecycle, in this order and asserted by whoever runs the device: constructed; <see cref="Activate"/> once;
/// then any number of feature negotiations, queue starts and stops; <see cref="Reset"/> returns it to the state just
/// after <see cref="Activate"/>; <see cref="Deactivate"/> once.</para>
/// <para>Threads: configuration access, <see cref="Activate"/>, <see cref="Reset"/> and
/// <see cref="CreateHandler"/> come one at a time. Handlers run on their queue's pump, at the same time as these.</para>
/// </remarks>
public abstract class VirtioDevice
{
    /// <summary>The virtio device id (virtio 1.4, section 5).</summary>
    public abstract VirtioDeviceId Id { get; }

    /// <summary>The device-specific feature bits that are offered (bits 0 to 23 and 50 to 127). Ring and transport features are the fabric's.</summary>
    public abstract ulong Features { get; }

    /// <summary>
    /// Those of the offered feature bits without which the device cannot serve a driver: no queue is started for one that
    /// did not negotiate them.
    /// </summary>
    public virtual ulong RequiredFeatures => 0;

    /// <summary>The queues, in the order of the specification; index in this list is the virtqueue index.</summary>
    public abstract IReadOnlyList<QueueDescription> Queues { get; }

    /// <summary>
    /// Whether the device completes the chains of each queue about as they come, so that VIRTIO_F_IN_ORDER is offered. A
    /// device that holds buffers for events says no: in order, the event of one buffer would wait for the events of all
    /// buffers before it, which may never come.
    /// </summary>
    public virtual bool CompletesInOrder => true;

    /// <summary>Length of the device configuration space in bytes, 0 to 256.</summary>
    public virtual int ConfigLength => 0;

    /// <summary>
    /// Bytes of device state that must outlive the process that serves the device (0 for none). They are handed over by
    /// <see cref="DeviceContext.State"/>, zeroed for a new session and otherwise as the previous owner left them.
    /// </summary>
    public virtual int StateLength => 0;

    /// <summary>
    /// The device's surroundings. Before <see cref="Activate"/> they are those of a session that is about to begin, with a
    /// zeroed state of the device's own: a transport may read the configuration before there is a session.
    /// </summary>
    protected DeviceContext Context
    {
        get => field ??= DeviceContext.BeforeSession(StateLength);
        private set;
    }

    /// <summary>Gives the device its surroundings: state that outlives it and the way to announce a change of configuration.</summary>
    /// <remarks>
    /// A standby is activated while another process serves the same session: the device writes no state, and opens no
    /// exclusive host port, before its first <see cref="CreateHandler"/>.
    /// </remarks>
    public void Activate(DeviceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        OnActivated();
    }

    /// <summary>Called once, when <see cref="Context"/> has become valid and before any queue is started.</summary>
    protected virtual void OnActivated() { }

    /// <summary>Copies configuration bytes from <paramref name="offset"/> into <paramref name="destination"/>; the range was checked against <see cref="ConfigLength"/>. Also before <see cref="Activate"/>: then as a session begins.</summary>
    public virtual void ReadConfig(int offset, Span<byte> destination) => destination.Clear();

    /// <summary>Takes configuration bytes that the driver wrote; the range was checked against <see cref="ConfigLength"/>. Writes to read-only fields are ignored.</summary>
    public virtual void WriteConfig(int offset, ReadOnlySpan<byte> source) { }

    /// <summary>Creates the handler of one queue for one start of it. <paramref name="queue"/> stays valid until the handler's <see cref="QueueHandler.Stop"/> returned.</summary>
    public abstract QueueHandler CreateHandler(QueueContext queue);

    /// <summary>The driver reset the device: forget what it set up. All queues are stopped. Durable host data stays.</summary>
    public virtual void Reset() { }

    /// <summary>The process gives the device up in order: close host ports. All queues are stopped.</summary>
    public virtual void Deactivate() { }
}

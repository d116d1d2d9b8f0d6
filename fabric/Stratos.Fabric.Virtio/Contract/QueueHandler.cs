using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Virtio.Contract;

/// <summary>
/// Serves the descriptor chains of one queue. <see cref="Handle"/> runs on the queue's pump and must not block; it
/// either completes the chain before it returns (an <em>inline</em> answer) or keeps it and completes it later from
/// any thread (a <em>deferred</em> one). Each chain is completed exactly once.
/// </summary>
public abstract class QueueHandler
{
    /// <summary>
    /// How many chains the handler can take now. The pump fetches no more than this, so a queue whose buffers wait for
    /// host input (console receive) leaves them in the ring until there is some. Read on the pump's thread before each
    /// batch; after it grew, call <see cref="QueueContext.Wake"/>.
    /// </summary>
    public virtual int Demand => int.MaxValue;

    /// <summary>Whether a request of this queue that was started may be run again after a crash.</summary>
    public virtual ReplayClass Replay => ReplayClass.Repeatable;

    /// <summary>Serves one chain; see the class. An exception is a fault of the device: the queue is restarted and the chain replayed by its class.</summary>
    public abstract void Handle(DescriptorChain chain);

    /// <summary>
    /// Says what became of an <see cref="ReplayClass.Unrepeatable"/> request that a previous owner had started and not
    /// finished. Look for evidence in <see cref="DeviceContext.State"/> or the host; with none, write the device's error
    /// status into the chain and answer <see cref="Resolution.Complete"/>. Never called for repeatable queues.
    /// </summary>
    public virtual Resolution Resolve(DescriptorChain chain) =>
        throw new NotSupportedException($"{GetType().Name} is unrepeatable and must override {nameof(Resolve)}.");

    /// <summary>
    /// A request that a previous owner had finished is about to be published without another run: catch up with what its
    /// completion means for the device's state, by its <see cref="DescriptorChain.Sequence"/>.
    /// </summary>
    /// <param name="chain">The request.</param>
    /// <param name="written">The number of bytes that its completion recorded.</param>
    public virtual void Finished(DescriptorChain chain, uint written) { }

    /// <summary>
    /// Whether the pump says what the driver has heard of, by <see cref="Publishing"/> and <see cref="Published"/>: for a
    /// device whose queues tell one story, such as that a frame was sent before it was answered.
    /// </summary>
    public virtual bool FollowsPublication => false;

    /// <summary>The completion of a request is about to become visible to the driver. On the pump's thread, recovered requests too.</summary>
    public virtual void Publishing(DescriptorChain chain) { }

    /// <summary>
    /// The driver can see everything that <see cref="Publishing"/> announced, and was notified if it wants to be. On the
    /// pump's thread; comes without an announcement too, the first time when recovery is over.
    /// </summary>
    public virtual void Published() { }

    /// <summary>
    /// The queue stops: no further <see cref="Handle"/>. Chains that wait for host I/O complete soon as usual (the pump
    /// waits for them); chains that wait for an event that may never come are given back by
    /// <see cref="DescriptorChain.Release"/>. Runs on the pump's thread.
    /// </summary>
    public virtual void Stop() { }
}

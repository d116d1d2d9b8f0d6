using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Actors.Queues;

/// <summary>A queue's handler failed. Thrown by the queue actor once its pump has stopped, so that supervision acts.</summary>
/// <param name="name">Device and queue name.</param>
/// <param name="index">The virtqueue index.</param>
/// <param name="state">Where the ring stands.</param>
/// <param name="cause">What the handler threw.</param>
internal sealed class QueueFaultException(string name, int index, QueueState state, Exception cause)
    : Exception($"{name}: {cause.GetType().Name}: {cause.Message}", cause)
{
    /// <summary>The virtqueue index.</summary>
    public int Index { get; } = index;

    /// <summary>Where the ring stands.</summary>
    public QueueState State { get; } = state;
}

namespace Stratos.Fabric.Virtio.Contract;

/// <summary>One start of one queue, as its handler sees it.</summary>
/// <param name="index">The virtqueue index.</param>
/// <param name="name">Device and queue name, for messages: <c>disk0/requestq0</c>.</param>
/// <param name="size">The queue size that the driver chose.</param>
/// <param name="features">All negotiated feature bits.</param>
/// <param name="resumed">Whether the journal holds a previous owner's requests; see <see cref="Resumed"/>.</param>
/// <param name="wake">Wakes the queue's pump; callable from any thread.</param>
public sealed class QueueContext(int index, string name, ushort size, ulong features, bool resumed, Action wake)
{
    /// <summary>The virtqueue index.</summary>
    public int Index { get; } = index;

    /// <summary>Device and queue name, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>The queue size that the driver chose.</summary>
    public ushort Size { get; } = size;

    /// <summary>All negotiated feature bits.</summary>
    public ulong Features { get; } = features;

    /// <summary>
    /// True when the journal was in use before this start: request sequences continue, and what
    /// <see cref="DeviceContext.State"/> remembers of this queue by <see cref="Rings.DescriptorChain.Sequence"/> is valid.
    /// False when sequences begin anew: a handler forgets such memories in its constructor, which runs before the journal
    /// is taken into use.
    /// </summary>
    public bool Resumed { get; } = resumed;

    /// <summary>Tells the pump that <see cref="QueueHandler.Demand"/> may have grown. Any thread; never blocks.</summary>
    public void Wake() => wake();
}

using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Virtio.Pump;

/// <summary>
/// Decides which completed chains may be published: at once, or, where VIRTIO_F_IN_ORDER was negotiated, only behind
/// all chains that were fetched before them (virtio 1.4, section 2.7.9).
/// </summary>
internal sealed class CompletionOrder(ushort capacity, bool inOrder)
{
    private readonly DescriptorChain[] _ready = new DescriptorChain[capacity];
    private readonly Queue<DescriptorChain> _order = new(inOrder ? capacity : 0);
    private int _count;

    /// <summary>Chains that may be published now, in order.</summary>
    internal ReadOnlySpan<DescriptorChain> Ready => new(_ready, 0, _count);

    /// <summary>Chains that are completed or given back, and wait for one before them.</summary>
    internal IEnumerable<DescriptorChain> Waiting => _order.Where(chain => chain.State is ChainState.Completed);

    /// <summary>Notes a chain that was fetched.</summary>
    internal void Fetched(DescriptorChain chain)
    {
        if (inOrder) { _order.Enqueue(chain); }
    }

    /// <summary>Notes a chain that was completed.</summary>
    internal void Completed(DescriptorChain chain)
    {
        if (!inOrder)
        {
            _ready[_count++] = chain;
            return;
        }
        while (_order.TryPeek(out DescriptorChain? oldest) && oldest.State is ChainState.Completed) { _ready[_count++] = _order.Dequeue(); }
    }

    /// <summary>The ready chains were published.</summary>
    internal void Clear() => _count = 0;
}

using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Virtio.Pump;

/// <summary>Chains that come back to the pump from other threads: many producers, one consumer, no lock, no allocation.</summary>
/// <remarks>
/// A list through the chains themselves. Producers push at the front; the consumer takes the whole list at once, so the
/// usual trouble of lock-free stacks (a node that is popped and pushed again meanwhile) cannot arise.
/// </remarks>
internal sealed class CompletionQueue
{
    private DescriptorChain? _newest;

    /// <summary>Whether there is nothing to take. The pump's thread.</summary>
    internal bool IsEmpty => Volatile.Read(ref _newest) is null;

    /// <summary>Adds a chain. Any thread.</summary>
    /// <remarks>
    /// The exchange is a full fence: what the producer wrote into the chain and its buffers is visible to the pump when
    /// it finds the chain, and what the producer reads next (whether the pump sleeps) is newer than the push.
    /// </remarks>
    internal void Push(DescriptorChain chain)
    {
        DescriptorChain? newest = Volatile.Read(ref _newest);
        while (true)
        {
            chain.Link = newest;
            DescriptorChain? seen = Interlocked.CompareExchange(ref _newest, chain, newest);
            if (seen == newest) { return; }
            newest = seen;
        }
    }

    /// <summary>Takes all chains, linked in the order in which they came. The pump's thread.</summary>
    internal DescriptorChain? TakeAll()
    {
        if (IsEmpty) { return null; }
        DescriptorChain? newest = Interlocked.Exchange(ref _newest, null);
        DescriptorChain? oldest = null;
        while (newest is not null)
        {
            DescriptorChain? next = newest.Link;
            newest.Link = oldest;
            (oldest, newest) = (newest, next);
        }
        return oldest;
    }
}

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>
/// The chain objects of one queue, one for each entry of its journal. They are made when first needed and used again for
/// ever after, so that requests allocate nothing.
/// </summary>
/// <remarks>
/// A driver may make each chain as long as the queue. So that a hostile one cannot make every object grow to that, the
/// room they may hold on to together is limited; a chain beyond the limit gives its room up when it is done.
/// </remarks>
internal sealed class ChainTable(IChainOwner owner, ushort size)
{
    private readonly DescriptorChain?[] _chains = new DescriptorChain?[size];
    private readonly int _roomLimit = Math.Max(1 << 16, 8 * size);
    private int _room;

    /// <summary>How many chains are taken.</summary>
    internal int Taken { get; private set; }

    /// <summary>Whether another chain may be taken now; false makes the ring wait for chains to end.</summary>
    internal bool HasRoom => _room <= 2 * _roomLimit || Taken == 0;

    /// <summary>The chain of an entry, whatever its state.</summary>
    internal DescriptorChain? this[int slot] => _chains[slot];

    /// <summary>Whether an entry's chain is taken.</summary>
    internal bool IsTaken(int slot) => _chains[slot] is { State: not ChainState.Idle };

    /// <summary>Takes an entry's chain; it is idle.</summary>
    internal DescriptorChain Take(ushort slot) => _chains[slot] ??= new DescriptorChain(owner, slot);

    /// <summary>Counts a chain that was assembled.</summary>
    internal void Keep(DescriptorChain chain)
    {
        Taken++;
        _room += chain.Capacity - chain.CountedRoom;
        chain.CountedRoom = chain.Capacity;
    }

    /// <summary>Takes a chain back.</summary>
    internal void Return(DescriptorChain chain)
    {
        Taken--;
        chain.State = ChainState.Idle;
        if (_room <= _roomLimit) { return; }
        chain.Shrink();
        _room += chain.Capacity - chain.CountedRoom;
        chain.CountedRoom = chain.Capacity;
    }
}

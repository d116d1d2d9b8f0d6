using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>
/// The device's side of one virtqueue, together with its journal: takes chains out, publishes them as used, and decides
/// on notifications.
/// </summary>
/// <remarks>
/// <para>Used by one thread. All guest memory is hostile: what is read once is checked and then used, never read again.
/// A ring that is found malformed keeps the reason in <see cref="Failure"/> and gives out nothing any more.</para>
/// <para>Calls come in batches, so that the abstract call and the fences are paid once a batch.</para>
/// </remarks>
internal abstract class DeviceRing
{
    private readonly QueueSetup _setup;
    private readonly Action<PumpStep>? _probe;

    private protected DeviceRing(QueueSetup setup, IChainOwner owner)
    {
        _setup = setup;
        _probe = setup.Journal.Probe;
        Size = setup.Size;
        Chains = new ChainTable(owner, setup.Journal.Capacity);
        Assembler = new ChainAssembler(setup.Memory, setup.Size, setup.DirtyLog is not null);
    }

    /// <summary>Makes the ring that the negotiated features ask for. Its <see cref="Failure"/> says whether it can be used.</summary>
    /// <exception cref="ArgumentException">The journal is not one for this queue.</exception>
    internal static DeviceRing Create(QueueSetup setup, IChainOwner owner)
    {
        bool packed = (setup.Features & VirtioFeatures.RingPacked) != 0;
        if (setup.Journal.IsPacked != packed || setup.Journal.Capacity < setup.Size)
        {
            throw new ArgumentException(
                $"Queue {setup.Index} is {Kind(packed)} with size {setup.Size}; its journal is for a {Kind(setup.Journal.IsPacked)} one of at most {setup.Journal.Capacity}.");
        }
        return packed ? new PackedRing(setup, owner) : new SplitRing(setup, owner);
    }

    /// <summary>What is wrong with the ring, with the numbers; null while nothing is.</summary>
    internal string? Failure { get; private set; }

    /// <summary>The queue's size.</summary>
    internal ushort Size { get; }

    /// <summary>The chain objects.</summary>
    internal ChainTable Chains { get; }

    /// <summary>Where the ring stands.</summary>
    internal abstract QueueState State { get; }

    /// <summary>
    /// Whether the driver has made something available that <see cref="Fetch"/> would look at now. False while chains in
    /// flight take all room: their end is what there is to wait for. A few loads; no fence.
    /// </summary>
    internal abstract bool HasAvailable { get; }

    private protected ChainAssembler Assembler { get; }

    private protected DirtyLog? DirtyLog => _setup.DirtyLog;

    /// <summary>Begins where the journal or the state says.</summary>
    /// <returns>The requests that a previous owner left in flight, oldest first; empty if the ring failed.</returns>
    internal abstract InFlightRequest[] Open();

    /// <summary>Takes available chains from the ring, in order, and puts them on record as in flight.</summary>
    /// <param name="chains">Where they go.</param>
    /// <returns>How many were taken; fewer than there is room for if there are no more, or the ring failed.</returns>
    internal abstract int Fetch(Span<DescriptorChain> chains);

    /// <summary>Builds the chain of a request that was in flight.</summary>
    /// <returns>The chain; null if the ring failed.</returns>
    internal abstract DescriptorChain? Restore(InFlightRequest request);

    /// <summary>Marks chains as used, in this order, and makes all of them visible to the driver at once. They become idle.</summary>
    internal abstract void Publish(ReadOnlySpan<DescriptorChain> chains);

    /// <summary>Whether the driver wants to be notified of what was published since the last time this was asked. Contains a full fence.</summary>
    internal abstract bool DecideNotification();

    /// <summary>Asks the driver to notify of available chains. Contains a full fence: what <see cref="HasAvailable"/> says next is newer.</summary>
    internal abstract void EnableKicks();

    /// <summary>Tells the driver that it need not notify of available chains.</summary>
    internal abstract void DisableKicks();

    /// <summary>Gives the newest chains back to the ring, as if they had not been fetched.</summary>
    /// <param name="chains">The chains.</param>
    internal abstract void Rewind(IReadOnlyCollection<DescriptorChain> chains);

    /// <summary>Forgets the requests in flight, so that the next start begins where <see cref="State"/> says.</summary>
    internal void CloseJournal() => _setup.Journal.Reset();

    /// <summary>Latches the ring as failed; the first reason stays.</summary>
    /// <returns>Always false.</returns>
    internal bool Fail(string reason)
    {
        Failure ??= reason;
        return false;
    }

    /// <summary>Finds one of the ring's areas.</summary>
    private protected nint Area(string name, ulong guestAddress, ulong length, uint alignment)
    {
        if (guestAddress % alignment != 0)
        {
            Fail($"the {name} at {guestAddress:#x} is not aligned to {alignment} bytes");
        }
        else if (!_setup.Memory.TryTranslate(guestAddress, length, out nint address))
        {
            Fail($"the {name} at {guestAddress:#x} with {length} bytes is not in guest memory");
        }
        else if (address % alignment != 0)
        {
            Fail($"the {name} at {guestAddress:#x} lies in a window that is not aligned to {alignment} bytes");
        }
        else
        {
            return address;
        }
        return 0;
    }

    /// <summary>Gives chains back to the table, with their writable pages marked for a migration.</summary>
    private protected void Retire(ReadOnlySpan<DescriptorChain> chains)
    {
        foreach (DescriptorChain chain in chains) { Chains.Return(chain); }
    }

    private protected void MarkBuffers(ReadOnlySpan<DescriptorChain> chains)
    {
        if (DirtyLog is not { } log) { return; }
        foreach (DescriptorChain chain in chains) { chain.MarkWritten(log); }
    }

    private protected bool Step(PumpStep step)
    {
        _probe?.Invoke(step);
        return true;
    }

    private static string Kind(bool packed) => packed ? "packed" : "split";
}

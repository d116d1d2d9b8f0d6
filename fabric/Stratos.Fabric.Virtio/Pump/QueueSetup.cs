using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Memory;

namespace Stratos.Fabric.Virtio.Pump;

/// <summary>Everything that a pump needs to run one queue. Immutable; the descriptors and memory stay the session's, which keeps them open until the queue is stopped.</summary>
public sealed record QueueSetup
{
    /// <summary>The virtqueue index.</summary>
    public required int Index { get; init; }

    /// <summary>Queue size that the driver chose: 1 to 32768, a power of two for a split ring.</summary>
    public required ushort Size { get; init; }

    /// <summary>All negotiated feature bits; they choose split or packed, event index, in-order, indirect.</summary>
    public required ulong Features { get; init; }

    /// <summary>The guest's memory.</summary>
    public required GuestMemory Memory { get; init; }

    /// <summary>Where the ring's three areas are.</summary>
    public required RingAddresses Addresses { get; init; }

    /// <summary>Where to begin when the journal does not know better: the ring's state when it was last stopped.</summary>
    public required QueueState State { get; init; }

    /// <summary>The record of requests in flight, which outlives this process.</summary>
    public required QueueJournal Journal { get; init; }

    /// <summary>
    /// Whether an ordered stop leaves the journal in use although it holds nothing. True when somebody beyond this process
    /// holds the session: the process may die before the ring's state has arrived there, and then the journal alone knows
    /// where the ring stands. Whoever got the state forgets the journal.
    /// </summary>
    public bool KeepsJournal { get; init; }

    /// <summary>Doorbell of the driver, "buffers are available"; null means that the pump polls.</summary>
    public EventFd? Kick { get; init; }

    /// <summary>Doorbell to the driver, "buffers were used"; null means that the driver polls.</summary>
    public EventFd? Call { get; init; }

    /// <summary>Doorbell to the driver, "the queue failed"; optional.</summary>
    public EventFd? Error { get; init; }

    /// <summary>Where the device's writes to guest memory are recorded while the guest is migrated; null when it is not.</summary>
    public DirtyLog? DirtyLog { get; init; }

    /// <summary>Address in the dirty log of a split used ring's first byte (vhost-user, <c>log_guest_addr</c>); null for its guest address.</summary>
    public ulong? UsedRingLogAddress { get; init; }

    /// <summary>The right to run: the pump ends when this epoch is over.</summary>
    public EpochGate Epoch { get; init; } = EpochGate.Always;
}

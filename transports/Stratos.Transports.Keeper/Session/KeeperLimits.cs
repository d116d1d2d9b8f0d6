using Stratos.Fabric.Virtio.Journal;

namespace Stratos.Transports.Keeper.Session;

/// <summary>The bounds and deadlines of one kept session. Times are in nanoseconds of the monotonic clock.</summary>
public sealed record KeeperLimits
{
    private const long Second = 1_000_000_000;

    /// <summary>The bounds that a keeper has unless told otherwise.</summary>
    public static KeeperLimits Default { get; } = new();

    /// <summary>How long a frontend's request may wait for a worker that can serve it.</summary>
    public long RequestDeadline { get; init; } = 30 * Second;

    /// <summary>How long a worker may take to answer one message; then it counts as hung.</summary>
    public long AckDeadline { get; init; } = 5 * Second;

    /// <summary>How long to wait before a kill that failed is tried again.</summary>
    public long KillRetry { get; init; } = Second;

    /// <summary>Most workers at a time.</summary>
    public int MaxWorkers { get; init; } = 8;

    /// <summary>Most memory regions; a descriptor is kept for each.</summary>
    public int MaxMemorySlots { get; init; } = 509;

    /// <summary>Most queues that a worker may announce. SET_VRING_KICK can name 256.</summary>
    public int MaxQueues { get; init; } = 256;

    /// <summary>Most bytes of device state that a worker may ask for.</summary>
    public uint MaxStateLength { get; init; } = 64 << 20;

    /// <summary>Length in bytes of the journal of so many queues of such a size, whatever the kind of ring.</summary>
    public Func<int, ushort, ulong> JournalLength { get; init; } = LongestJournal;

    private static ulong LongestJournal(int queues, ushort queueSize) => Math.Max(
        JournalFile.RequiredLength(queues, queueSize, packed: false), JournalFile.RequiredLength(queues, queueSize, packed: true));
}

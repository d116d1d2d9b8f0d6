using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Journal;

/// <summary>
/// The shared-memory record of the requests in flight of one device: the in-flight regions of the vhost-user
/// specification ("Inflight I/O tracking"), one a queue, followed by the fabric's own record of how far each request had
/// come. A file that a foreign backend laid out lacks the latter, and its requests count as fetched.
/// </summary>
/// <remarks>A frontend may map the file, so nothing in it is trusted: recovery checks every number, and a pump reads nothing back.</remarks>
public sealed class JournalFile : IDisposable
{
    private const int MaxQueues = 1024;
    private const ushort MaxQueueSize = 32768;

    private readonly Mapping _mapping;
    private readonly QueueJournal[] _queues;

    private JournalFile(Mapping mapping, QueueJournal[] queues) => (_mapping, _queues) = (mapping, queues);

    /// <summary>The memory.</summary>
    internal Mapping Mapping => _mapping;

    /// <summary>Number of queues.</summary>
    public int QueueCount => _queues.Length;

    /// <summary>Length in bytes that the file needs.</summary>
    /// <param name="queues">Number of queues, 1 to 1024.</param>
    /// <param name="queueSize">The largest queue size, 1 to 32768.</param>
    /// <param name="packed">Whether the rings are packed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static ulong RequiredLength(int queues, ushort queueSize, bool packed) =>
        RegionLength(queues, queueSize, packed) + ((ulong)queues * JournalLayout.PhaseStride(queueSize));

    /// <summary>Opens a journal in a mapping and takes ownership of that. Zeroed memory is a journal without requests.</summary>
    /// <param name="mapping">The memory; longer than needed is allowed. Where only the in-flight regions fit, phases are not recorded.</param>
    /// <param name="queues">Number of queues, 1 to 1024.</param>
    /// <param name="queueSize">The largest queue size, 1 to 32768.</param>
    /// <param name="packed">Whether the rings are packed.</param>
    /// <exception cref="ArgumentException">The mapping is too short or not aligned to 8; the message says for what.</exception>
    public static JournalFile Open(Mapping mapping, int queues, ushort queueSize, bool packed)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ulong regions = RegionLength(queues, queueSize, packed);
        if (mapping.Length < regions || mapping.Address % sizeof(ulong) != 0)
        {
            throw new ArgumentException(
                $"A journal of {queues} {(packed ? "packed" : "split")} queues of {queueSize} needs {regions} bytes aligned to 8, and the mapping has {mapping.Length} at {mapping.Address:#x}.",
                nameof(mapping));
        }
        bool phases = mapping.Length >= RequiredLength(queues, queueSize, packed);
        QueueJournal[] journals = new QueueJournal[queues];
        for (int i = 0; i < queues; i++)
        {
            nint region = mapping.Address + (nint)((ulong)i * JournalLayout.RegionStride(queueSize, packed));
            nint words = phases ? mapping.Address + (nint)(regions + ((ulong)i * JournalLayout.PhaseStride(queueSize))) : 0;
            journals[i] = packed ? new PackedJournal(mapping, region, words, queueSize) : new SplitJournal(mapping, region, words, queueSize);
        }
        return new JournalFile(mapping, journals);
    }

    /// <summary>Makes a journal that lives and dies with this process.</summary>
    /// <param name="queues">Number of queues, 1 to 1024.</param>
    /// <param name="queueSize">The largest queue size, 1 to 32768.</param>
    /// <param name="packed">Whether the rings are packed.</param>
    /// <exception cref="LinuxException">The kernel has no memory or descriptor left.</exception>
    public static JournalFile CreatePrivate(int queues, ushort queueSize, bool packed)
    {
        using MemoryFile file = MemoryFile.Create("stratos-journal", RequiredLength(queues, queueSize, packed));
        return Open(file.Map(MemoryAccess.ReadWrite), queues, queueSize, packed);
    }

    /// <summary>The journal of one queue; valid until disposal.</summary>
    public QueueJournal Queue(int index) => _queues[index];

    /// <summary>Unmaps the file. No pump may be using it.</summary>
    public void Dispose() => _mapping.Dispose();

    private static ulong RegionLength(int queues, ushort queueSize, bool packed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queues, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(queues, MaxQueues);
        ArgumentOutOfRangeException.ThrowIfZero(queueSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(queueSize, MaxQueueSize);
        return (ulong)queues * JournalLayout.RegionStride(queueSize, packed);
    }
}

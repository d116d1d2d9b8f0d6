using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Journal;

/// <summary>
/// The shared-memory record of the requests in flight of one device: the in-flight regions of the vhost-user
/// specification ("Inflight I/O tracking"), one a queue, followed by the fabric's own record of how far each request had
/// come. A file that a foreign backend laid out lacks the latter, and its requests count as fetched.
/// </summary>
public sealed class JournalFile : IDisposable
{
    /// <summary>Length in bytes that the file needs.</summary>
    /// <param name="queues">Number of queues, 1 to 1024.</param>
    /// <param name="queueSize">The largest queue size, 1 to 32768.</param>
    /// <param name="packed">Whether the rings are packed.</param>
    public static ulong RequiredLength(int queues, ushort queueSize, bool packed) => throw new NotImplementedException();

    /// <summary>Opens a journal in a mapping and takes ownership of that. Zeroed memory is a journal without requests.</summary>
    /// <exception cref="ArgumentException">The mapping is too short; the message says for what.</exception>
    public static JournalFile Open(Mapping mapping, int queues, ushort queueSize, bool packed) => throw new NotImplementedException();

    /// <summary>The journal of one queue.</summary>
    public QueueJournal Queue(int index) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() { }
}

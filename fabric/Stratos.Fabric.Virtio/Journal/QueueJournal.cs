namespace Stratos.Fabric.Virtio.Journal;

/// <summary>The record of the requests in flight of one queue, in shared memory.</summary>
public abstract class QueueJournal
{
}

using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>
/// Where the session's rings record their requests in flight: the region that the frontend (or the keeper) gave by
/// SET_INFLIGHT_FD, or else a private one. No ring runs while it changes.
/// </summary>
internal sealed class JournalStore(DeviceDescription device) : IDisposable
{
    private MemoryFile? _file;
    private InflightDescription _description;
    private JournalFile? _open;
    private bool _isPacked;

    /// <summary>Makes a region for the frontend to keep.</summary>
    /// <returns>Its description and its file, which is the caller's.</returns>
    internal (InflightDescription Description, MemoryFile File) Make(InflightDescription asked, bool packed)
    {
        Check("GET_INFLIGHT_FD", asked);
        var length = JournalFile.RequiredLength(asked.Queues, asked.QueueSize, packed);
        return (new(length, 0, asked.Queues, asked.QueueSize), MemoryFile.Create($"inflight-{device.Name}", length));
    }

    /// <summary>Takes a region that the frontend gives.</summary>
    internal void Give(InflightDescription description, FileDescriptor descriptor, bool packed)
    {
        MemoryFile? file = null;
        try
        {
            file = MemoryFile.FromPeer(descriptor, "in-flight region");
            Check("SET_INFLIGHT_FD", description);
            var opened = Open(file, description, packed);
            Dispose();
            (_file, _description, _open, _isPacked) = (file, description, opened, packed);
        }
        catch (Exception e)
        {
            file?.Dispose();
            descriptor.Dispose();
            if (e is LinuxException or ArgumentException or OverflowException) throw new RefusedMessageException($"SET_INFLIGHT_FD: {e.Message}");
            throw;
        }
    }

    /// <summary>The journal of one ring.</summary>
    internal QueueJournal For(int index, ushort size, bool packed)
    {
        if (_open is null || _isPacked != packed)
        {
            _open?.Dispose();
            _open = null;
            _open = _file is not null ? OpenAgain(_file, packed) : JournalFile.CreatePrivate(device.Queues.Count, device.Queues.Max(q => q.MaxSize), packed);
            _isPacked = packed;
        }
        if (index >= _open.QueueCount)
            throw new SessionFailedException($"ring {index} has no place in the in-flight region of {_open.QueueCount} queues");
        var journal = _open.Queue(index);
        return size <= journal.Capacity
            ? journal
            : throw new SessionFailedException($"ring {index} has {size} entries; the in-flight region has room for {journal.Capacity}");
    }

    /// <summary>The device was reset: no request is in flight any more.</summary>
    internal void Reset()
    {
        for (var i = 0; i < (_open?.QueueCount ?? 0); i++) _open!.Queue(i).Reset();
    }

    /// <summary>Lets go of the region; no ring runs.</summary>
    public void Dispose()
    {
        _open?.Dispose();
        _file?.Dispose();
        (_open, _file) = (null, null);
    }

    private void Check(string message, InflightDescription description)
    {
        if (description.Queues == 0 || description.Queues > device.Queues.Count)
            throw new RefusedMessageException($"{message}: {description.Queues} queues; 1 to {device.Queues.Count} expected");
        if (description.QueueSize is 0 or > 32768)
            throw new RefusedMessageException($"{message}: queue size {description.QueueSize}; 1 to 32768 expected");
    }

    /// <summary>Opens the region for the other kind of ring, which may need more room than was given, or than is left of the file.</summary>
    private JournalFile OpenAgain(MemoryFile file, bool packed)
    {
        try
        {
            return Open(file, _description, packed);
        }
        catch (Exception e) when (e is LinuxException or ArgumentException or OverflowException)
        {
            throw new SessionFailedException($"the in-flight region does not fit the negotiated rings: {e.Message}", e);
        }
    }

    private static JournalFile Open(MemoryFile file, InflightDescription description, bool packed)
    {
        // What lies behind the journal is nobody's here: a size that the peer claims does not become a mapping of that size.
        var length = Math.Min(description.MapSize, JournalFile.RequiredLength(description.Queues, description.QueueSize, packed));
        var mapping = file.Map(description.MapOffset, length, MemoryAccess.ReadWrite);
        try
        {
            return JournalFile.Open(mapping, description.Queues, description.QueueSize, packed);
        }
        catch
        {
            mapping.Dispose();
            throw;
        }
    }
}

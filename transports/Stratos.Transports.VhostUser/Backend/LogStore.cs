using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>The dirty log that the frontend gave by SET_LOG_BASE. No ring runs while it changes.</summary>
internal sealed class LogStore : IDisposable
{
    private const ulong BytesPerLogByte = 8 * 4096;
    private Mapping? _mapping;
    private DirtyLog? _log;

    /// <summary>Maps a log and lets go of the one before.</summary>
    /// <param name="description">Where in its file it is.</param>
    /// <param name="descriptor">The file; taken over.</param>
    /// <param name="memoryEnd">First guest address behind all memory, which the log must cover.</param>
    internal void Give(LogDescription description, FileDescriptor descriptor, ulong memoryEnd)
    {
        Mapping? mapping = null;
        try
        {
            using var file = MemoryFile.FromPeer(descriptor, "dirty log");
            RequireCover(description.Size, memoryEnd, "SET_LOG_BASE: ");
            mapping = file.Map(description.Offset, description.Size, MemoryAccess.ReadWrite);
            var log = new DirtyLog(mapping);
            Dispose();
            (_mapping, _log) = (mapping, log);
        }
        catch (Exception e)
        {
            mapping?.Dispose();
            if (e is LinuxException or ArgumentException or OverflowException) throw new RefusedMessageException($"SET_LOG_BASE: {e.Message}");
            throw;
        }
    }

    /// <summary>The log to use with the negotiated features; null when nothing is to be marked.</summary>
    internal DirtyLog? For(ulong features) => (features & VhostFeatures.LogAll) != 0 ? _log : null;

    /// <summary>Checks a change of memory against the log that is there.</summary>
    internal void RequireCover(ulong memoryEnd)
    {
        if (_mapping is not null) RequireCover(_mapping.Length, memoryEnd, "");
    }

    /// <summary>Unmaps the log; no ring runs.</summary>
    public void Dispose()
    {
        _mapping?.Dispose();
        (_mapping, _log) = (null, null);
    }

    private static void RequireCover(ulong size, ulong memoryEnd, string message)
    {
        var needed = (memoryEnd + BytesPerLogByte - 1) / BytesPerLogByte;
        if (size < needed)
            throw new RefusedMessageException($"{message}the dirty log has {size} bytes; {needed} are needed for memory up to 0x{memoryEnd:x}");
    }
}

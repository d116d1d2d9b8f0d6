using Stratos.Fabric.Virtio.Memory;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>A change of guest memory that is ready to be made. Disposal without <see cref="Commit"/> undoes the preparation.</summary>
internal sealed class MemoryChange(
    MemoryTable table, List<MemoryWindow> windows, GuestMemory memory, List<MemoryWindow> added, List<MemoryWindow> removed) : IDisposable
{
    private bool _committed;

    /// <summary>First guest address behind all regions, with the change.</summary>
    internal ulong End => MemoryTable.EndOf(windows);

    /// <summary>Makes the change. No ring runs.</summary>
    internal void Commit()
    {
        table.Commit(windows, memory);
        _committed = true;
    }

    /// <summary>Unmaps what is of no use any more: after <see cref="Commit"/> the removed regions, else the new ones.</summary>
    public void Dispose() => (_committed ? removed : added).ForEach(window => window.Mapping.Dispose());
}

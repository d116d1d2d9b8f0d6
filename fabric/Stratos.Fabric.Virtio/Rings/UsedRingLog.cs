using Stratos.Fabric.Virtio.Memory;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>Marks the device's writes to a split used ring in the dirty log, at the address that the frontend named for it.</summary>
internal readonly struct UsedRingLog(DirtyLog? log, ulong address, ushort size)
{
    /// <summary>Marks used elements, from a free-running index on.</summary>
    internal void MarkElements(ushort first, int count)
    {
        if (log is null) { return; }
        int slot = first & (size - 1);
        int straight = Math.Min(count, size - slot);
        log.Mark(address + 4 + (8UL * (ulong)slot), 8UL * (ulong)straight);
        log.Mark(address + 4, 8UL * (ulong)(count - straight));
    }

    /// <summary>Marks the flags and the index.</summary>
    internal void MarkIndex() => log?.Mark(address, 4);

    /// <summary>Marks the flags and the available event.</summary>
    internal void MarkEvents()
    {
        log?.Mark(address, 4);
        log?.Mark(address + 4 + (8UL * size), 2);
    }
}

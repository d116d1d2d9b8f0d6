using System.Numerics;
using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Memory;

/// <summary>
/// The frontend's record of guest pages that the device has written, in shared memory, so that a running guest can be
/// migrated (vhost-user, "Migration"): one bit for each 4 KiB of guest-physical address space.
/// </summary>
/// <remarks>
/// Any thread. A page is marked after it was written and before the driver is told, as the frontend copies a page after
/// it found and cleared its bit. Pages beyond the record's end are left out; the frontend did not ask for them.
/// </remarks>
public sealed unsafe class DirtyLog
{
    private const int PageShift = 12;

    private readonly Mapping _mapping;
    private readonly uint* _words;
    private readonly ulong _pages;

    /// <summary>Uses a mapping as the record. The mapping stays the caller's, who keeps it while a queue uses the record.</summary>
    /// <exception cref="ArgumentException">The mapping is shorter than 4 bytes or not aligned to 4.</exception>
    public DirtyLog(Mapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        if (mapping.Length < sizeof(uint) || mapping.Address % sizeof(uint) != 0)
        {
            throw new ArgumentException($"A dirty log needs at least {sizeof(uint)} aligned bytes and got {mapping.Length} at {mapping.Address:#x}.", nameof(mapping));
        }
        _mapping = mapping;
        _words = (uint*)mapping.Address;
        _pages = mapping.Length / sizeof(uint) * 32;
    }

    /// <summary>True once the record's file was found to be cut.</summary>
    public bool IsFaulted => _mapping.IsFaulted;

    /// <summary>Marks the pages of a range as written.</summary>
    /// <param name="guestAddress">Guest-physical address of the first byte.</param>
    /// <param name="length">Length in bytes; nothing is marked for 0.</param>
    public void Mark(ulong guestAddress, ulong length)
    {
        if (length == 0) { return; }
        ulong last = guestAddress + (length - 1) < guestAddress ? ulong.MaxValue : guestAddress + (length - 1);
        ulong end = Math.Min((last >> PageShift) + 1, _pages);
        for (ulong page = guestAddress >> PageShift; page < end; page++)
        {
            // The frontend fetches and clears whole words meanwhile: a plain store would bring cleared bits back or
            // lose those of other queues. No load in front of it: a bit that is seen set may be cleared before this
            // processor's writes to the page have left it, and the page would be copied without them.
            Interlocked.Or(ref _words[page / 32], 1U << (int)(page % 32));
        }
    }

    /// <summary>How many pages are marked.</summary>
    public ulong CountMarked()
    {
        ulong count = 0;
        foreach (uint word in MemoryMarshal.Cast<byte, uint>(_mapping.GetSpan(0, (int)(_pages / 8)))) { count += (ulong)BitOperations.PopCount(word); }
        return count;
    }

    /// <summary>Whether the page of a guest address is marked.</summary>
    public bool IsMarked(ulong guestAddress)
    {
        ulong page = guestAddress >> PageShift;
        return page < _pages && (Volatile.Read(ref _words[page / 32]) >> (int)(page % 32) & 1) != 0;
    }
}

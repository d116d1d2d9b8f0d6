namespace Stratos.Fabric.Virtio.Rings;

/// <summary>Notification suppression of a split ring, in both directions (virtio 1.4, sections 2.7.7 and 2.7.10).</summary>
/// <remarks>
/// Each side writes what it has done and then reads what the other wants, and writes what it wants and then reads what
/// the other has done. A full fence between the write and the read makes sure that at least one of them sees the other,
/// so that no notification is lost; neither acquire nor release would do that.
/// </remarks>
internal sealed unsafe class SplitNotifications
{
    private const ushort NoInterrupt = 1;
    private const ushort NoNotify = 1;

    private readonly ushort* _availFlags;
    private readonly ushort* _usedEvent;
    private readonly ushort* _usedFlags;
    private readonly ushort* _availEvent;
    private readonly bool _eventIndex;
    private ushort _decided;

    /// <summary>Makes it for a ring's areas.</summary>
    internal SplitNotifications(byte* avail, byte* used, ushort size, bool eventIndex)
    {
        _availFlags = (ushort*)avail;
        _usedEvent = (ushort*)(avail + 4 + (2 * size));
        _usedFlags = (ushort*)used;
        _availEvent = (ushort*)(used + 4 + (8 * size));
        _eventIndex = eventIndex;
    }

    /// <summary>Begins at a used index.</summary>
    internal void Begin(ushort used) => _decided = used;

    /// <summary>Whether the driver wants to know of what was used since the last decision.</summary>
    internal bool Decide(ushort used)
    {
        ushort before = _decided;
        _decided = used;
        if (used == before) { return false; }
        Interlocked.MemoryBarrier();
        if (!_eventIndex) { return (Volatile.Read(ref *_availFlags) & NoInterrupt) == 0; }
        // The driver names the element that it wants to hear of: was it among those from "before" up to "used"?
        ushort wanted = Volatile.Read(ref *_usedEvent);
        return (ushort)(used - wanted - 1) < (ushort)(used - before);
    }

    /// <summary>Asks for a kick when the driver makes the chain at an index available.</summary>
    internal void EnableKicks(ushort nextAvail)
    {
        if (_eventIndex) { Volatile.Write(ref *_availEvent, nextAvail); }
        else { Volatile.Write(ref *_usedFlags, 0); }
        Interlocked.MemoryBarrier();
    }

    /// <summary>Says that kicks are not needed. With an event index there is nothing to say: the index that was named is soon behind.</summary>
    /// <returns>Whether anything was written.</returns>
    internal bool DisableKicks()
    {
        if (!_eventIndex) { Volatile.Write(ref *_usedFlags, NoNotify); }
        return !_eventIndex;
    }
}

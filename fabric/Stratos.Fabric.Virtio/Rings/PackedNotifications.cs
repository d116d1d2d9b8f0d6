namespace Stratos.Fabric.Virtio.Rings;

/// <summary>The two event suppression structures of a packed ring (virtio 1.4, sections 2.8.10 and 2.8.14).</summary>
/// <remarks>For the fences see <see cref="SplitNotifications"/>: the same handshake on other fields.</remarks>
internal sealed unsafe class PackedNotifications
{
    private const uint Enable = 0;
    private const uint Disable = 1;
    private const uint ForDescriptor = 2;
    private const int WrapShift = 15;

    private readonly uint* _driver;
    private readonly uint* _device;
    private readonly ushort _size;
    private readonly bool _eventIndex;
    private PackedPosition _decided;
    private bool _undecided;

    /// <summary>Makes it for a ring's areas.</summary>
    internal PackedNotifications(byte* driver, byte* device, ushort size, bool eventIndex)
    {
        _driver = (uint*)driver;
        _device = (uint*)device;
        (_size, _eventIndex) = (size, eventIndex);
    }

    /// <summary>Begins at a used position.</summary>
    internal void Begin(PackedPosition used) => (_decided, _undecided) = (used, false);

    /// <summary>Notes that something was published.</summary>
    internal void NotePublished() => _undecided = true;

    /// <summary>Whether the driver wants to know of what was used since the last decision.</summary>
    internal bool Decide(PackedPosition used)
    {
        if (!_undecided) { return false; }
        PackedPosition before = _decided;
        (_decided, _undecided) = (used, false);
        Interlocked.MemoryBarrier();
        // Both halves by one load: flags that go with another offset would be a decision that the driver never made.
        uint wanted = Volatile.Read(ref *_driver);
        switch ((wanted >> 16) & 3)
        {
            case Disable:
                return false;
            case ForDescriptor when _eventIndex:
                // Positions behind one another on a line: a lap ahead of another wrap counter counts as size slots.
                bool wrap = (wanted >> WrapShift & 1) != 0;
                int offset = (int)(wanted & 0x7FFF) - (wrap == used.Wrap ? 0 : _size);
                int from = before.Wrap == used.Wrap ? before.Slot : before.Slot - _size;
                return offset >= from && offset < used.Slot;
            default:
                return true;
        }
    }

    /// <summary>Asks for a kick when the driver makes the descriptor at a position available.</summary>
    internal void EnableKicks(PackedPosition next)
    {
        // Both halves by one store, so that the driver never pairs the flags with another offset.
        uint offset = next.Slot | (next.Wrap ? 1U << WrapShift : 0);
        Volatile.Write(ref *_device, _eventIndex ? offset | (ForDescriptor << 16) : Enable);
        Interlocked.MemoryBarrier();
    }

    /// <summary>Says that kicks are not needed.</summary>
    internal void DisableKicks() => Volatile.Write(ref *_device, Disable << 16);
}

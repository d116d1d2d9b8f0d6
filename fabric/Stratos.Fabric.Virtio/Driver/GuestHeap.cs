using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Driver;

/// <summary>
/// Hands out pieces of one range of guest memory, from its beginning on. Pieces are not given back one by one: a driver
/// allocates rings and buffers once and uses them again. Not for several threads at a time.
/// </summary>
public sealed unsafe class GuestHeap
{
    private readonly byte* _base;
    private ulong _used;

    /// <summary>A heap over a whole mapping.</summary>
    /// <param name="mapping">The memory, which stays the caller's and outlives every use of what was allocated.</param>
    /// <param name="guestAddress">Guest-physical address of the mapping's first byte; page-aligned.</param>
    public GuestHeap(Mapping mapping, ulong guestAddress)
        : this(PointerOf(mapping), guestAddress, mapping.Length)
    {
    }

    /// <summary>A heap over memory that the caller keeps mapped and in place.</summary>
    /// <param name="memory">The first byte; aligned as <paramref name="guestAddress"/> is, up to a page.</param>
    /// <param name="guestAddress">Guest-physical address of the first byte.</param>
    /// <param name="length">Length in bytes.</param>
    public GuestHeap(byte* memory, ulong guestAddress, ulong length)
    {
        if (((ulong)memory & 15) != 0 || (guestAddress & 15) != 0)
            throw new ArgumentException($"Guest memory at 0x{guestAddress:x} must be 16-byte aligned here and in the guest.", nameof(memory));
        _base = memory;
        GuestAddress = guestAddress;
        Length = length;
    }

    /// <summary>Guest-physical address of the first byte.</summary>
    public ulong GuestAddress { get; }

    /// <summary>Length in bytes.</summary>
    public ulong Length { get; }

    /// <summary>Bytes that were not handed out yet.</summary>
    public ulong Free => Length - _used;

    /// <summary>Hands out a zeroed piece.</summary>
    /// <param name="length">Length in bytes, at least 1.</param>
    /// <param name="alignment">Alignment of the guest address, a power of two up to 4096.</param>
    /// <exception cref="InsufficientMemoryException">The range is used up; the message has the numbers.</exception>
    public GuestBuffer Allocate(int length, int alignment = 16)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (alignment is < 1 or > 4096 || (alignment & (alignment - 1)) != 0)
            throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "The alignment must be a power of two from 1 to 4096.");
        var mask = (ulong)alignment - 1;
        var offset = ((GuestAddress + _used + mask) & ~mask) - GuestAddress;
        if (offset > Length || Length - offset < (ulong)length)
            throw new InsufficientMemoryException($"No room for {length} bytes in guest memory of {Length} bytes, of which {_used} are in use: make the memory larger.");
        _used = offset + (ulong)length;
        var piece = new GuestBuffer(_base + offset, GuestAddress + offset, length);
        piece.Span.Clear();
        return piece;
    }

    private static byte* PointerOf(Mapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        return (byte*)mapping.Address;
    }
}

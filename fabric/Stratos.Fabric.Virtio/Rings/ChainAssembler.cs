using System.Runtime.CompilerServices;
using Stratos.Fabric.Virtio.Memory;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>
/// Builds a chain from private copies of descriptors, with the checks that both ring kinds share: how long a chain may
/// be, that readable buffers come first, and that every byte lies in guest memory.
/// </summary>
/// <remarks>Used by one thread. A method that answers false has put the reason into <see cref="Problem"/>.</remarks>
internal sealed class ChainAssembler
{
    /// <summary>Larger buffers are cut into pieces of this size, so that each piece fits a span.</summary>
    private const uint LargestPiece = 1 << 30;

    /// <summary>Longest chain in bytes (virtio 1.4, section 2.7.5.2).</summary>
    private const ulong LongestChain = 1UL << 32;

    private readonly GuestMemory _memory;
    private readonly ushort _queueSize;
    private readonly bool _remembersAddresses;
    private GuestRange _hot;
    private DescriptorChain _chain = null!;
    private int _elements;
    private bool _writable;
    private ulong _length;

    /// <summary>Makes an assembler.</summary>
    /// <param name="memory">Where buffers are.</param>
    /// <param name="queueSize">Most elements in a chain.</param>
    /// <param name="remembersAddresses">Whether chains keep guest addresses for the dirty log.</param>
    internal ChainAssembler(GuestMemory memory, ushort queueSize, bool remembersAddresses) =>
        (_memory, _queueSize, _remembersAddresses) = (memory, queueSize, remembersAddresses);

    /// <summary>What is wrong with the chain.</summary>
    internal string Problem { get; private set; } = "";

    /// <summary>Begins a chain.</summary>
    internal void Begin(DescriptorChain chain)
    {
        chain.Begin();
        _chain = chain;
        (_elements, _writable, _length) = (0, false, 0);
    }

    /// <summary>Adds one buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Add(ulong address, uint length, bool writable)
    {
        if (++_elements > _queueSize) { return Fail($"it has more than {_queueSize} descriptors, the queue's size, or loops"); }
        if (writable != _writable && !TurnTo(writable, address)) { return false; }
        if ((_length += length) > LongestChain) { return Fail($"it is longer than {LongestChain} bytes"); }
        if (length - 1 < LargestPiece && _hot.Holds(address, length) && !_remembersAddresses)
        {
            _chain.Add(_hot.Translate(address), length, writable);
            return true;
        }
        return AddPieces(address, length, writable);
    }

    /// <summary>Finds an indirect table (virtio 1.4, sections 2.7.5.3 and 2.8.7).</summary>
    /// <param name="address">Guest address of the table.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="negotiated">Whether VIRTIO_F_INDIRECT_DESC was negotiated.</param>
    /// <param name="table">The table in this process.</param>
    /// <returns>False if it is empty, not a whole number of descriptors, or not in guest memory.</returns>
    internal bool TryFindTable(ulong address, uint length, bool negotiated, out nint table)
    {
        table = 0;
        if (!negotiated) { return Fail($"it has an indirect table at {address:#x}, and the feature was not negotiated"); }
        if (length == 0 || length % RingDescriptor.Size != 0)
        {
            return Fail($"its indirect table at {address:#x} has {length} bytes, which is not one or more whole descriptors of {RingDescriptor.Size}");
        }
        if (_hot.Holds(address, length))
        {
            table = _hot.Translate(address);
            return true;
        }
        return _memory.TryTranslate(address, length, out table) || Fail($"its indirect table at {address:#x} with {length} bytes is not in guest memory");
    }

    /// <summary>Records what is wrong.</summary>
    /// <returns>False.</returns>
    internal bool Fail(string problem)
    {
        Problem = problem;
        return false;
    }

    private bool TurnTo(bool writable, ulong address)
    {
        if (!writable) { return Fail($"it has a device-readable buffer at {address:#x} after a device-writable one"); }
        _writable = true;
        return true;
    }

    private bool AddPieces(ulong address, uint length, bool writable)
    {
        // An empty buffer is no error (virtio 1.4 does not forbid it), and there is nothing in it to look at.
        while (length > 0)
        {
            if (!_hot.Holds(address, 1) && !_memory.TryFindRange(address, out _hot))
            {
                return Fail($"its buffer at {address:#x} with {length} bytes is not in guest memory");
            }
            uint piece = (uint)Math.Min(Math.Min(length, LargestPiece), _hot.BytesFrom(address));
            _chain.Add(_hot.Translate(address), piece, writable);
            if (_remembersAddresses) { _chain.RememberGuestAddress(address); }
            (address, length) = (address + piece, length - piece);
        }
        return true;
    }
}

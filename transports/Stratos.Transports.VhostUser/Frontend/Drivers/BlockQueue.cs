using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>
/// One request queue of a block device as its driver uses it: slots with header, data and status buffers, submitted
/// without waiting and completed in any order. One thread; no allocation per request.
/// </summary>
public sealed class BlockQueue
{
    private const int SectorLength = 512;
    private const int IdLength = 20;

    private readonly struct Slot(GuestBuffer header, GuestBuffer data, GuestBuffer status)
    {
        public readonly GuestBuffer Header = header;
        public readonly GuestBuffer Data = data;
        public readonly GuestBuffer Status = status;
    }

    private readonly FrontendQueue _queue;
    private readonly Slot[] _slots;
    private readonly bool[] _busy;

    internal BlockQueue(FrontendQueue queue, FrontendMemory memory, int depth, int maxTransfer)
    {
        _queue = queue;
        _slots = new Slot[depth];
        _busy = new bool[depth];
        var heaps = memory.Heaps;
        for (var i = 0; i < depth; i++)
        {
            // The parts of a request lie in different regions where there are several.
            _slots[i] = new(
                heaps[i % heaps.Count].Allocate(16), heaps[(i + 1) % heaps.Count].Allocate(maxTransfer, 4096), heaps[i % heaps.Count].Allocate(1, 1));
        }
    }

    /// <summary>Slots, that is, most requests in flight.</summary>
    public int Depth => _slots.Length;

    /// <summary>Requests in flight.</summary>
    public int InFlight => _queue.Ring.InFlight;

    /// <summary>The queue underneath.</summary>
    public FrontendQueue Queue => _queue;

    /// <summary>The data buffer of a slot, of the longest transfer's length; not while the device has it.</summary>
    public Span<byte> Data(int slot) => _slots[slot].Data.Span;

    /// <summary>Reads whole sectors into the slot's data buffer.</summary>
    /// <param name="slot">A slot that is not in flight, 0 to <see cref="Depth"/> - 1.</param>
    /// <param name="sector">The first sector of 512 bytes.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>False if the ring is full; submit again after a completion.</returns>
    public bool TryRead(int slot, ulong sector, int length) => TrySubmit(BlockRequestType.Read, slot, sector, length, fromDevice: true);

    /// <summary>Writes whole sectors from the slot's data buffer.</summary>
    public bool TryWrite(int slot, ulong sector, int length) => TrySubmit(BlockRequestType.Write, slot, sector, length, fromDevice: false);

    /// <summary>Asks for everything completed so far to be made durable.</summary>
    public bool TryFlush(int slot) => TrySubmit(BlockRequestType.Flush, slot, 0, 0, fromDevice: false);

    /// <summary>Asks for the device's identity: 20 bytes of ASCII in the slot's data buffer.</summary>
    public bool TryGetId(int slot) => TrySubmit(BlockRequestType.GetId, slot, 0, IdLength, fromDevice: true);

    /// <summary>Discards sectors.</summary>
    public bool TryDiscard(int slot, ulong sector, uint sectors) => TrySubmitRange(BlockRequestType.Discard, slot, sector, sectors, 0);

    /// <summary>Writes zeroes to sectors.</summary>
    /// <param name="slot">A slot that is not in flight.</param>
    /// <param name="sector">The first sector.</param>
    /// <param name="sectors">How many.</param>
    /// <param name="unmap">Whether the device may free them.</param>
    public bool TryWriteZeroes(int slot, ulong sector, uint sectors, bool unmap = false) =>
        TrySubmitRange(BlockRequestType.WriteZeroes, slot, sector, sectors, unmap ? 1u : 0);

    /// <summary>Makes what was submitted available to the device.</summary>
    public void Kick() => _queue.Kick();

    /// <summary>Takes a completed request.</summary>
    /// <exception cref="DeviceMisbehavedException">The device broke a rule of the ring.</exception>
    public bool TryComplete(out BlockCompletion completion)
    {
        if (!_queue.Ring.TryTake(out var cookie, out var written))
        {
            completion = default;
            return false;
        }
        var slot = (int)(uint)cookie;
        _busy[slot] = false;
        completion = new(slot, (BlockRequestType)(cookie >> 32), (BlockStatus)_slots[slot].Status.Span[0], written);
        return true;
    }

    /// <summary>Waits for a completed request; see <see cref="FrontendQueue.WaitForUsed"/>.</summary>
    public bool Wait(TimeSpan timeout) => _queue.WaitForUsed(timeout);

    /// <summary>Waits for the completion of one request, when no other is in flight.</summary>
    /// <exception cref="TimeoutException">It did not complete in time.</exception>
    public BlockCompletion WaitOne(TimeSpan timeout)
    {
        Kick();
        return Wait(timeout) && TryComplete(out var completion)
            ? completion
            : throw new TimeoutException($"{_queue.Ring.Name}: the request did not complete within {timeout.TotalSeconds:0.###} s.");
    }

    private bool TrySubmitRange(BlockRequestType type, int slot, ulong sector, uint sectors, uint flags)
    {
        CheckFree(slot);
        var range = _slots[slot].Data.Span;
        BinaryPrimitives.WriteUInt64LittleEndian(range, sector);
        BinaryPrimitives.WriteUInt32LittleEndian(range[8..], sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(range[12..], flags);
        return TrySubmit(type, slot, 0, 16, fromDevice: false);
    }

    private bool TrySubmit(BlockRequestType type, int slot, ulong sector, int length, bool fromDevice)
    {
        CheckFree(slot);
        var (header, status) = (_slots[slot].Header, _slots[slot].Status);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Span, (uint)type);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Span[4..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(header.Span[8..], sector);
        status.Span[0] = (byte)BlockStatus.Unwritten;
        var cookie = ((ulong)type << 32) | (uint)slot;
        if (type is BlockRequestType.Read or BlockRequestType.Write && length % SectorLength != 0)
            throw new ArgumentOutOfRangeException(nameof(length), length, "Block devices transfer whole sectors of 512 bytes.");
        var added = length == 0
            ? _queue.Ring.TryAdd([header.ToDevice, status.FromDevice], cookie)
            : _queue.Ring.TryAdd([header.ToDevice, DataElement(slot, length, fromDevice), status.FromDevice], cookie);
        _busy[slot] = added;
        return added;
    }

    private DriverBuffer DataElement(int slot, int length, bool fromDevice)
    {
        var data = _slots[slot].Data.Slice(0, length);
        return fromDevice ? data.FromDevice : data.ToDevice;
    }

    private void CheckFree(int slot)
    {
        if (_busy[slot])
            throw new InvalidOperationException($"{_queue.Ring.Name}: slot {slot} is in flight.");
    }
}

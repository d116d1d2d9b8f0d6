using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Virtio.Driver;

/// <summary>The driver's side of a packed virtqueue (virtio 1.4, section 2.8).</summary>
/// <remarks>
/// Batches: the descriptors of all added requests are written in full, except for the flags of the very first of them.
/// The device looks at descriptors in ring order and stops at the first that is not available, so the one store of
/// these flags publishes the whole batch.
/// </remarks>
public sealed unsafe class PackedDriverRing : DriverRing
{
    private const ushort EventsEnabled = 0;
    private const ushort EventsDisabled = 1;
    private const ushort EventsAtDescriptor = 2;
    private const int WrapBit = 15;

    private readonly GuestBuffer _ringArea;
    private readonly GuestBuffer _driverArea;
    private readonly GuestBuffer _deviceArea;
    private readonly PackedRingDescriptor* _ring;
    private readonly ushort* _driverEvent;
    private readonly uint* _deviceEvent;
    private readonly IndirectTables? _indirect;
    private readonly IdQueue _ids;
    private RingPosition _available;
    private RingPosition _used;
    private int _free;
    private int _unpublished;
    private int _heldSlot;
    private ushort _heldFlags;

    internal PackedDriverRing(GuestHeap heap, ushort size, ulong features, DriverRingOptions options)
        : base(size, features, options)
    {
        _ringArea = heap.Allocate(16 * size, 64);
        // A cache line for each side's event suppression.
        _driverArea = heap.Allocate(4, 64);
        _deviceArea = heap.Allocate(4, 64);
        _indirect = IndirectTables.For(heap, size, features, options.IndirectCapacity);
        _ring = (PackedRingDescriptor*)_ringArea.Pointer;
        _driverEvent = (ushort*)_driverArea.Pointer;
        _deviceEvent = (uint*)_deviceArea.Pointer;
        _ids = new(size);
        _free = size;
        _available = _used = RingPosition.First;
    }

    /// <inheritdoc/>
    public override RingAddresses Addresses => new(_ringArea.Address, _driverArea.Address, _deviceArea.Address);

    /// <inheritdoc/>
    public override int FreeDescriptors => _free;

    /// <inheritdoc/>
    public override QueueState State
    {
        get
        {
            // Past everything that the device has used, taken or not.
            var at = _used;
            var passed = 0;
            Skip(ref at, ref passed, BatchLeft);
            while (IsUsed(at, out var id))
            {
                if (InOrder)
                    Skip(ref at, ref passed, Requests.BatchTo(id, 0, Requests.Published - passed, passed));
                else
                    at = at.Advance(Requests.DescriptorsOf(id), Size);
            }
            return new((ushort)at.Slot, at.Wrap, (ushort)at.Slot, at.Wrap);
        }
    }

    /// <inheritdoc/>
    public override bool TryAdd(ReadOnlySpan<DriverBuffer> buffers, ulong cookie)
    {
        var writable = WritableOf(buffers);
        var indirect = _indirect is not null && _indirect.Takes(buffers.Length);
        var descriptors = indirect ? 1 : buffers.Length;
        if (_free < descriptors)
            return false;
        var id = _ids.Take();
        if (indirect)
        {
            WriteTable(id, buffers);
            Place(_indirect!.AddressOf(id), IndirectTables.LengthOf(buffers.Length), id, RingDescriptorFlags.Indirect);
        }
        else
        {
            for (var i = 0; i < buffers.Length; i++)
                Place(buffers[i].Address, buffers[i].Length, id, FlagsOf(buffers[i], more: i + 1 < buffers.Length));
        }
        Requests.Add(id, cookie, writable, descriptors);
        return true;
    }

    /// <inheritdoc/>
    public override bool Publish()
    {
        if (_unpublished == 0)
            return false;
        var count = _unpublished;
        _unpublished = 0;
        Requests.Publish();
        Volatile.Write(ref _ring[_heldSlot].Flags, _heldFlags);
        Interlocked.MemoryBarrier();
        // Offset and flags in one load: the device may change them in between.
        var wish = Volatile.Read(ref *_deviceEvent);
        return ((wish >> 16) & 3) switch
        {
            EventsEnabled => true,
            EventsDisabled => false,
            EventsAtDescriptor when EventIndex => IsAmongPublished(new((int)(wish & 0x7fff), ((wish >> WrapBit) & 1) != 0), count),
            var flags => throw new DeviceMisbehavedException($"{Name}: the device event flags are {flags}, which {(flags == 3 ? "is reserved" : "needs VIRTIO_F_EVENT_IDX")}."),
        };
    }

    /// <inheritdoc/>
    public override bool TryTake(out ulong cookie, out uint written)
    {
        (cookie, written) = (0, 0);
        InFlightTable.Entry entry;
        ushort id;
        if (InOrder)
        {
            if (BatchLeft == 0 && !TryReadBatch())
                return false;
            entry = Requests.TakeOldest(out id);
            written = --BatchLeft == 0 ? BatchWritten : (uint)entry.Writable;
        }
        else
        {
            if (!TryReadUsed(out id, out written))
                return false;
            entry = Requests.Take(id, written);
        }
        _used = _used.Advance(entry.Descriptors, Size);
        _free += entry.Descriptors;
        _ids.Return(id);
        cookie = entry.Cookie;
        return true;
    }

    /// <inheritdoc/>
    public override void DisarmNotification() => Volatile.Write(ref _driverEvent[1], EventsDisabled);

    private protected override void Arm()
    {
        if (EventIndex)
            _driverEvent[0] = (ushort)(_used.Slot | (_used.Wrap ? 1 << WrapBit : 0));
        // Release: a device that sees the flags sees the position that goes with them.
        Volatile.Write(ref _driverEvent[1], EventIndex ? EventsAtDescriptor : EventsEnabled);
    }

    private protected override bool HasUsed() => IsUsed(_used, out _);

    private protected override void Clear()
    {
        _ringArea.Span.Clear();
        _driverArea.Span.Clear();
        _deviceArea.Span.Clear();
        _ids.Refill();
        _free = Size;
        _unpublished = 0;
        _available = _used = RingPosition.First;
    }

    private void Skip(ref RingPosition at, ref int passed, int requests)
    {
        for (var end = passed + requests; passed < end; passed++)
            at = at.Advance(Requests.DescriptorsAt(passed), Size);
    }

    private bool IsUsed(RingPosition at, out ushort id)
    {
        var flags = Volatile.Read(ref _ring[at.Slot].Flags);
        id = _ring[at.Slot].Id;
        return (flags & RingDescriptorFlags.Available) != 0 == at.Wrap && (flags & RingDescriptorFlags.Used) != 0 == at.Wrap;
    }

    private bool TryReadBatch()
    {
        if (!TryReadUsed(out var id, out var written))
            return false;
        BatchLeft = Requests.BatchTo(id, written, Requests.Published);
        BatchWritten = written;
        return true;
    }

    private bool TryReadUsed(out ushort id, out uint written)
    {
        (id, written) = (0, 0);
        if (!HasUsed())
            return false;
        var descriptor = _ring[_used.Slot];
        id = descriptor.Id;
        // The length is reserved unless the device says that it wrote something.
        written = (descriptor.Flags & RingDescriptorFlags.Write) != 0 ? descriptor.Length : 0;
        return true;
    }

    private bool IsAmongPublished(RingPosition wanted, int count)
    {
        if (wanted.Slot >= Size)
            throw new DeviceMisbehavedException($"{Name}: the device wants an event at slot {wanted.Slot}, but the queue size is {Size}.");
        var first = _available.Advance(-count, Size);
        return wanted.DistanceFrom(first, Size) < count;
    }

    private void Place(ulong address, uint length, ushort id, ushort flags)
    {
        var slot = _available.Slot;
        flags |= _available.Wrap ? RingDescriptorFlags.Available : RingDescriptorFlags.Used;
        ref var descriptor = ref _ring[slot];
        descriptor.Address = address;
        descriptor.Length = length;
        descriptor.Id = id;
        if (_unpublished == 0)
            (_heldSlot, _heldFlags) = (slot, flags);
        else
            descriptor.Flags = flags;
        _available = _available.Advance(1, Size);
        _free--;
        _unpublished++;
    }

    private void WriteTable(ushort id, ReadOnlySpan<DriverBuffer> buffers)
    {
        var table = (PackedRingDescriptor*)_indirect!.TableOf(id);
        for (var i = 0; i < buffers.Length; i++)
            table[i] = new() { Address = buffers[i].Address, Length = buffers[i].Length, Flags = FlagsOf(buffers[i], more: false) };
    }

    private static ushort FlagsOf(DriverBuffer buffer, bool more) =>
        (ushort)((buffer.DeviceWritable ? RingDescriptorFlags.Write : 0) | (more ? RingDescriptorFlags.Next : 0));
}

using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Virtio.Driver;

/// <summary>The driver's side of a split virtqueue (virtio 1.4, section 2.7).</summary>
public sealed unsafe class SplitDriverRing : DriverRing
{
    private const int FlagsWord = 0;
    private const int IndexWord = 1;
    private const int FirstEntryWord = 2;
    private const ushort NoNotification = 1;

    private readonly GuestBuffer _tableArea;
    private readonly GuestBuffer _driverArea;
    private readonly GuestBuffer _deviceArea;
    private readonly SplitRingDescriptor* _table;
    private readonly ushort* _available;
    private readonly ushort* _used;
    private readonly UsedElement* _usedElements;
    private readonly IndirectTables? _indirect;
    private readonly IdQueue _free;
    private readonly ushort[] _next;
    private readonly int _mask;
    private ushort _added;
    private ushort _published;
    private ushort _taken;
    private ushort _usedSeen;

    internal SplitDriverRing(GuestHeap heap, ushort size, ulong features, DriverRingOptions options)
        : base(size, features, options)
    {
        _tableArea = heap.Allocate(16 * size, 16);
        _driverArea = heap.Allocate(6 + (2 * size), 2);
        // Its own cache line: the two sides' indices must not share one.
        _deviceArea = heap.Allocate(6 + (8 * size), 64);
        _indirect = IndirectTables.For(heap, size, features, options.IndirectCapacity);
        _table = (SplitRingDescriptor*)_tableArea.Pointer;
        _available = (ushort*)_driverArea.Pointer;
        _used = (ushort*)_deviceArea.Pointer;
        _usedElements = (UsedElement*)(_deviceArea.Pointer + 4);
        _free = new(size);
        _next = new ushort[size];
        _mask = size - 1;
    }

    /// <inheritdoc/>
    public override RingAddresses Addresses => new(_tableArea.Address, _driverArea.Address, _deviceArea.Address);

    /// <inheritdoc/>
    public override int FreeDescriptors => _free.Count;

    /// <inheritdoc/>
    public override QueueState State
    {
        get
        {
            var used = Volatile.Read(ref _used[IndexWord]);
            return new(used, true, used, true);
        }
    }

    private ref ushort UsedEvent => ref _available[FirstEntryWord + Size];

    private ref ushort AvailableEvent => ref _used[FirstEntryWord + (4 * Size)];

    /// <inheritdoc/>
    public override bool TryAdd(ReadOnlySpan<DriverBuffer> buffers, ulong cookie)
    {
        var writable = WritableOf(buffers);
        var indirect = _indirect is not null && _indirect.Takes(buffers.Length);
        var descriptors = indirect ? 1 : buffers.Length;
        if (_free.Count < descriptors)
            return false;
        var head = indirect ? AddIndirect(buffers) : AddChain(buffers);
        _available[FirstEntryWord + (_added & _mask)] = head;
        _added++;
        Requests.Add(head, cookie, writable, descriptors);
        return true;
    }

    /// <inheritdoc/>
    public override bool Publish()
    {
        if (_added == _published)
            return false;
        var before = _published;
        _published = _added;
        Requests.Publish();
        Volatile.Write(ref _available[IndexWord], _added);
        Interlocked.MemoryBarrier();
        if (!EventIndex)
            return (Volatile.Read(ref _used[FlagsWord]) & NoNotification) == 0;
        // The device waits for the entry with index "event": was it among those just published?
        var wanted = (ushort)(Volatile.Read(ref AvailableEvent) - before);
        return wanted < (ushort)(_added - before);
    }

    /// <inheritdoc/>
    public override bool TryTake(out ulong cookie, out uint written)
    {
        if (InOrder)
            return TryTakeInOrder(out cookie, out written);
        if (_taken == _usedSeen && !HasUsed())
        {
            (cookie, written) = (0, 0);
            return false;
        }
        var element = _usedElements[_taken & _mask];
        var entry = Requests.Take(element.Id, element.Length);
        _taken++;
        ReturnChain((ushort)element.Id, entry.Descriptors);
        (cookie, written) = (entry.Cookie, element.Length);
        return true;
    }

    /// <inheritdoc/>
    public override void DisarmNotification()
    {
        if (EventIndex)
            UsedEvent = (ushort)(_taken - 1);
        else
            _available[FlagsWord] = NoNotification;
    }

    private protected override void Arm()
    {
        if (EventIndex)
            UsedEvent = _taken;
        else
            _available[FlagsWord] = 0;
    }

    private protected override bool HasUsed()
    {
        var used = Volatile.Read(ref _used[IndexWord]);
        var ready = (ushort)(used - _taken);
        if (ready > Requests.Published)
            throw new DeviceMisbehavedException($"{Name}: the used index went from {_taken} to {used}, but only {Requests.Published} requests are in flight.");
        _usedSeen = used;
        return ready > 0;
    }

    private protected override void Clear()
    {
        _tableArea.Span.Clear();
        _driverArea.Span.Clear();
        _deviceArea.Span.Clear();
        _free.Refill();
        _added = _published = _taken = _usedSeen = 0;
    }

    private bool TryTakeInOrder(out ulong cookie, out uint written)
    {
        (cookie, written) = (0, 0);
        if (BatchLeft == 0)
        {
            if (_taken == _usedSeen && !HasUsed())
                return false;
            var element = _usedElements[_taken & _mask];
            BatchLeft = Requests.BatchTo(element.Id, element.Length, (ushort)(_usedSeen - _taken));
            BatchWritten = element.Length;
        }
        var entry = Requests.TakeOldest(out var head);
        BatchLeft--;
        _taken++;
        ReturnChain(head, entry.Descriptors);
        cookie = entry.Cookie;
        written = BatchLeft == 0 ? BatchWritten : (uint)entry.Writable;
        return true;
    }

    private ushort AddChain(ReadOnlySpan<DriverBuffer> buffers)
    {
        var head = _free.Take();
        var current = head;
        for (var i = 0; i < buffers.Length; i++)
        {
            var more = i + 1 < buffers.Length;
            var next = more ? _free.Take() : (ushort)0;
            _next[current] = next;
            _table[current] = Describe(buffers[i], more, next);
            current = next;
        }
        return head;
    }

    private ushort AddIndirect(ReadOnlySpan<DriverBuffer> buffers)
    {
        var head = _free.Take();
        var table = (SplitRingDescriptor*)_indirect!.TableOf(head);
        for (var i = 0; i < buffers.Length; i++)
        {
            var more = i + 1 < buffers.Length;
            table[i] = Describe(buffers[i], more, more ? (ushort)(i + 1) : (ushort)0);
        }
        _table[head] = new() { Address = _indirect.AddressOf(head), Length = IndirectTables.LengthOf(buffers.Length), Flags = RingDescriptorFlags.Indirect };
        return head;
    }

    private static SplitRingDescriptor Describe(DriverBuffer buffer, bool more, ushort next) => new()
    {
        Address = buffer.Address,
        Length = buffer.Length,
        Flags = (ushort)((buffer.DeviceWritable ? RingDescriptorFlags.Write : 0) | (more ? RingDescriptorFlags.Next : 0)),
        Next = next,
    };

    private void ReturnChain(ushort head, int descriptors)
    {
        for (var i = 0; i < descriptors; i++)
        {
            _free.Return(head);
            head = _next[head];
        }
    }
}

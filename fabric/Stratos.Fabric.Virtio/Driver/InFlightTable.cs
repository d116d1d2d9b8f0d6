namespace Stratos.Fabric.Virtio.Driver;

/// <summary>
/// The driver's own record of what the device holds, by descriptor head or buffer id. It lives outside guest memory:
/// nothing the device writes can change it, and everything the device claims is checked against it.
/// </summary>
internal sealed class InFlightTable(string name, int size)
{
    /// <summary>One request. A sequence of 0 means that the id is free.</summary>
    internal struct Entry
    {
        public ulong Cookie;
        public ulong Sequence;
        public ulong Writable;
        public ushort Descriptors;
    }

    private readonly Entry[] _entries = new Entry[size];
    private readonly ushort[] _order = new ushort[size];
    private ulong _added;
    private ulong _published;
    private ulong _taken;
    private int _oldest;

    /// <summary>Requests that were added and not taken back.</summary>
    public int Count => (int)(_added - _taken);

    /// <summary>Requests that the device may complete.</summary>
    public int Published => (int)(_published - _taken);

    public void Add(ushort id, ulong cookie, ulong writable, int descriptors)
    {
        var slot = _oldest + Count;
        _order[slot >= _order.Length ? slot - _order.Length : slot] = id;
        _entries[id] = new() { Cookie = cookie, Sequence = ++_added, Writable = writable, Descriptors = (ushort)descriptors };
    }

    public void Publish() => _published = _added;

    public void Clear()
    {
        Array.Clear(_entries);
        _added = _published = _taken = 0;
        _oldest = 0;
    }

    /// <summary>Takes back a request that the device says it has used, in any order.</summary>
    public Entry Take(uint id, uint written)
    {
        var entry = Find(id, written);
        _entries[id].Sequence = 0;
        Forget();
        return entry;
    }

    /// <summary>Takes back the oldest request, which the device used in order, alone or within a batch.</summary>
    /// <param name="id">The request's id.</param>
    public Entry TakeOldest(out ushort id)
    {
        id = _order[_oldest];
        var entry = _entries[id];
        _entries[id].Sequence = 0;
        Forget();
        return entry;
    }

    /// <summary>How many requests, from the oldest on, the device used by naming <paramref name="id"/> as the last of a batch.</summary>
    /// <param name="id">What the device wrote.</param>
    /// <param name="written">What the device wrote as the length of the last.</param>
    /// <param name="most">The most that the batch may have.</param>
    /// <param name="from">Where the batch begins, counted from the oldest.</param>
    public int BatchTo(uint id, uint written, int most, int from = 0)
    {
        var entry = Find(id, written);
        for (var i = 0; i < most; i++)
        {
            if (IdAt(from + i) == id)
                return i + 1;
        }
        throw new DeviceMisbehavedException($"{name}: the device used id {id} (request {entry.Sequence}) although only {most} requests from request {_taken + 1} on can be used by now, in order.");
    }

    /// <summary>Ring descriptors of a request that the device says it has used.</summary>
    public int DescriptorsOf(uint id) => Find(id, 0).Descriptors;

    /// <summary>Ring descriptors of the request that is so many younger than the oldest.</summary>
    public int DescriptorsAt(int position) => _entries[IdAt(position)].Descriptors;

    private ushort IdAt(int position)
    {
        var slot = _oldest + position;
        return _order[slot >= _order.Length ? slot - _order.Length : slot];
    }

    private Entry Find(uint id, uint written)
    {
        if (id >= (uint)_entries.Length)
            throw new DeviceMisbehavedException($"{name}: the device used id {id}, but the queue size is {_entries.Length}.");
        var entry = _entries[id];
        if (entry.Sequence == 0)
            throw new DeviceMisbehavedException($"{name}: the device used id {id}, which it does not hold: completed twice, or never made available ({_taken} requests taken, {Published} in flight; the last request of this id had cookie {entry.Cookie}).", unexpectedCompletion: true);
        if (entry.Sequence > _published)
            throw new DeviceMisbehavedException($"{name}: the device used id {id} (request {entry.Sequence}) before it was made available; {_published} requests were.");
        if (written > entry.Writable)
            throw new DeviceMisbehavedException($"{name}: the device says it wrote {written} bytes to id {id} (request {entry.Sequence}), which has {entry.Writable} writable bytes.");
        return entry;
    }

    private void Forget()
    {
        _taken++;
        // Only a ring that is used in order reads the order back; elsewhere the window merely moves along.
        _oldest = _oldest + 1 == _order.Length ? 0 : _oldest + 1;
    }
}

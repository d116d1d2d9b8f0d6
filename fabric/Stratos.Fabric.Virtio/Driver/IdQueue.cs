namespace Stratos.Fabric.Virtio.Driver;

/// <summary>
/// Free descriptor indices or buffer ids, first in, first out. The order matters twice: a ring used in order gets its
/// descriptors in ring order, as VIRTIO_F_IN_ORDER demands, and an id rests as long as possible before it is used again,
/// so that a device which completes a request twice is found out.
/// </summary>
internal sealed class IdQueue
{
    private readonly ushort[] _ids;
    private int _first;

    public IdQueue(int size)
    {
        _ids = new ushort[size];
        Refill();
    }

    public int Count { get; private set; }

    /// <summary>Makes all ids free, 0 first.</summary>
    public void Refill()
    {
        for (var i = 0; i < _ids.Length; i++)
            _ids[i] = (ushort)i;
        _first = 0;
        Count = _ids.Length;
    }

    public ushort Take()
    {
        var id = _ids[_first];
        _first = _first + 1 == _ids.Length ? 0 : _first + 1;
        Count--;
        return id;
    }

    public void Return(ushort id)
    {
        var last = _first + Count;
        _ids[last >= _ids.Length ? last - _ids.Length : last] = id;
        Count++;
    }
}

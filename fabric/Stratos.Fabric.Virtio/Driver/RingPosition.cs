namespace Stratos.Fabric.Virtio.Driver;

/// <summary>A place in a packed ring: a slot and the wrap counter with which it is passed (virtio 1.4, section 2.8.1).</summary>
internal readonly record struct RingPosition(int Slot, bool Wrap)
{
    public static RingPosition First => new(0, true);

    /// <summary>The place that lies <paramref name="slots"/> further on, or back if negative; at most one lap.</summary>
    public RingPosition Advance(int slots, int size)
    {
        var slot = Slot + slots;
        if (slot >= size)
            return new(slot - size, !Wrap);
        return slot < 0 ? new(slot + size, !Wrap) : new(slot, Wrap);
    }

    /// <summary>Slots from <paramref name="start"/> on to here, 0 to two laps less one.</summary>
    public int DistanceFrom(RingPosition start, int size)
    {
        var distance = Lap(size) - start.Lap(size);
        return distance < 0 ? distance + (2 * size) : distance;
    }

    private int Lap(int size) => Slot + (Wrap ? 0 : size);
}

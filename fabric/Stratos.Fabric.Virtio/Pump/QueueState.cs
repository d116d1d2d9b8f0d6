namespace Stratos.Fabric.Virtio.Pump;

/// <summary>Where a ring stands between two runs.</summary>
/// <param name="AvailIndex">Split: the free-running available index that comes next. Packed: the ring slot (below the queue size) that comes next.</param>
/// <param name="AvailWrap">Packed: the driver ring wrap counter at <paramref name="AvailIndex"/>. Split: true.</param>
/// <param name="UsedIndex">Split: the free-running used index; at a start the one in guest memory counts instead. Packed: the ring slot that the next used element takes.</param>
/// <param name="UsedWrap">Packed: the device ring wrap counter at <paramref name="UsedIndex"/>. Split: true.</param>
public readonly record struct QueueState(ushort AvailIndex, bool AvailWrap, ushort UsedIndex, bool UsedWrap)
{
    /// <summary>A ring that was never used.</summary>
    public static QueueState Initial => new(0, true, 0, true);
}

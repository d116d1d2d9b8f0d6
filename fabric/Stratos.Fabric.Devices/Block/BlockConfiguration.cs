using System.Buffers.Binary;
using System.Numerics;

namespace Stratos.Fabric.Devices.Block;

/// <summary>The configuration space: struct virtio_blk_config (virtio 1.4, section 5.2.4).</summary>
internal static class BlockConfiguration
{
    /// <summary>Length in bytes, with the fields of features that are not offered, which read as zero.</summary>
    public const int Length = 96;

    private const int Capacity = 0;
    private const int SegMax = 12;
    private const int BlockSize = 20;
    private const int PhysicalBlockExponent = 24;
    private const int MinIoSize = 26;
    private const int NumQueues = 34;
    private const int MaxDiscardSectors = 36;
    private const int MaxDiscardSegments = 40;
    private const int DiscardAlignment = 44;
    private const int MaxZeroesSectors = 48;
    private const int MaxZeroesSegments = 52;
    private const int ZeroesMayUnmap = 56;

    /// <summary>Writes the whole space into <paramref name="space"/>.</summary>
    public static void Write(Span<byte> space, BlockMedium medium, uint blockSize, ushort queues)
    {
        space.Clear();
        uint physical = Math.Max(blockSize, medium.Store.Geometry.PhysicalBlockSize);
        uint blocksPerPhysical = BitOperations.IsPow2(physical) ? physical / blockSize : 1;
        BinaryPrimitives.WriteUInt64LittleEndian(space[Capacity..], medium.Sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(space[SegMax..], BlockLimits.MaxSegments);
        BinaryPrimitives.WriteUInt32LittleEndian(space[BlockSize..], blockSize);
        space[PhysicalBlockExponent] = (byte)BitOperations.Log2(blocksPerPhysical);
        BinaryPrimitives.WriteUInt16LittleEndian(space[MinIoSize..], (ushort)Math.Min(blocksPerPhysical, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(space[NumQueues..], queues);
        if (medium.IsReadOnly) { return; }
        BinaryPrimitives.WriteUInt32LittleEndian(space[MaxDiscardSectors..], BlockLimits.MaxRangeSectors);
        BinaryPrimitives.WriteUInt32LittleEndian(space[MaxDiscardSegments..], BlockLimits.MaxRanges);
        BinaryPrimitives.WriteUInt32LittleEndian(space[DiscardAlignment..], blockSize / BlockLimits.SectorSize);
        BinaryPrimitives.WriteUInt32LittleEndian(space[MaxZeroesSectors..], BlockLimits.MaxRangeSectors);
        BinaryPrimitives.WriteUInt32LittleEndian(space[MaxZeroesSegments..], BlockLimits.MaxRanges);
        space[ZeroesMayUnmap] = medium.Store.CanDeallocate ? (byte)1 : (byte)0;
    }
}

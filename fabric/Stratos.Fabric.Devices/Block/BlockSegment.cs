using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Block;

/// <summary>A range in a discard or write-zeroes request: struct virtio_blk_discard_write_zeroes (virtio 1.4, section 5.2.6).</summary>
/// <param name="Sector">First sector, in units of 512 bytes.</param>
/// <param name="Sectors">Number of sectors.</param>
/// <param name="Flags">Bit 0 is unmap; the others are reserved.</param>
internal readonly record struct BlockSegment(ulong Sector, uint Sectors, uint Flags)
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 16;

    /// <summary>The unmap flag's bit.</summary>
    public const uint Unmap = 1;

    /// <summary>Reads a segment from bytes that are already the device's own copy.</summary>
    public static BlockSegment Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));
}

using System.Buffers.Binary;
using System.Numerics;

namespace Stratos.Fabric.Devices.Rpmb.Store;

/// <summary>
/// A block in a store: 256 bytes of data, the CRC-32C of the data and the block's number, and 1 if it was ever written.
/// All zero is a block of zeroes, so a new store needs no writing.
/// </summary>
internal static class RpmbBlock
{
    public const int Length = RpmbFrame.BlockLength + 8;

    private const int ChecksumAt = RpmbFrame.BlockLength;

    /// <summary>Puts the checksum behind the data.</summary>
    public static void Seal(Span<byte> block, int number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block[ChecksumAt..], Checksum(block, number));
        BinaryPrimitives.WriteUInt32LittleEndian(block[(ChecksumAt + 4)..], 1);
    }

    /// <summary>Whether the block is what was written under that number.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> block, int number) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block[(ChecksumAt + 4)..]) == 0
            ? !block.ContainsAnyExcept((byte)0)
            : BinaryPrimitives.ReadUInt32LittleEndian(block[ChecksumAt..]) == Checksum(block, number);

    private static uint Checksum(ReadOnlySpan<byte> block, int number)
    {
        uint crc = BitOperations.Crc32C(uint.MaxValue, (uint)number);
        for (int at = 0; at < RpmbFrame.BlockLength; at += sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(block[at..]));
        }
        return ~crc;
    }
}

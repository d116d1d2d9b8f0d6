using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Stratos.Workload;

/// <summary>
/// What the load writes into a block: the request's number, the block's address, its generation, bytes that follow from
/// these, and a checksum (CRC-32C) over all of it.
/// </summary>
/// <param name="Request">Number of the request that wrote the block.</param>
/// <param name="Block">The block's index.</param>
/// <param name="Generation">How often the block had been written then.</param>
internal readonly record struct BlockStamp(ulong Request, ulong Block, ulong Generation)
{
    private const ulong Magic = 0x5354_5241_544F_5331;
    private const int HeaderLength = 32;
    private const int ChecksumLength = 8;

    /// <summary>Fills a block; its length is a multiple of 8.</summary>
    public void Write(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(block, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(block[8..], Request);
        BinaryPrimitives.WriteUInt64LittleEndian(block[16..], Block);
        BinaryPrimitives.WriteUInt64LittleEndian(block[24..], Generation);
        var state = (Request * 0x9E37_79B9_7F4A_7C15) ^ Block;
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(block[HeaderLength..^ChecksumLength]))
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word = state;
        }
        BinaryPrimitives.WriteUInt64LittleEndian(block[^ChecksumLength..], Checksum(block[..^ChecksumLength]));
    }

    /// <summary>Reads a block's stamp.</summary>
    /// <returns>False if the block was not written by a load, or is torn or damaged.</returns>
    public static bool TryRead(ReadOnlySpan<byte> block, out BlockStamp stamp)
    {
        stamp = new(
            BinaryPrimitives.ReadUInt64LittleEndian(block[8..]), BinaryPrimitives.ReadUInt64LittleEndian(block[16..]), BinaryPrimitives.ReadUInt64LittleEndian(block[24..]));
        return BinaryPrimitives.ReadUInt64LittleEndian(block) == Magic
            && BinaryPrimitives.ReadUInt64LittleEndian(block[^ChecksumLength..]) == Checksum(block[..^ChecksumLength]);
    }

    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            crc = BitOperations.Crc32C(crc, word);
        return ~crc;
    }
}

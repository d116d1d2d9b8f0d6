using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Stratos.Fabric.Devices.Rpmb.Store;

/// <summary>
/// One commit: everything that the device must not forget, and the data of the write that it commits. 512 bytes, then
/// 256 bytes a block; a SHA-256 over all of it but itself tells a whole record from a torn one.
/// </summary>
/// <remarks>
/// Bytes: 0 mark; 8 generation (64 bits); 16 write counter (32); 20 number of blocks (16); 22 first block (16);
/// 24 whether there is a key (8); 32 key (32); 64 MAC of the write (32); 480 digest (32).
/// </remarks>
internal sealed class RpmbRecord
{
    public const int HeaderLength = 512;

    private const ulong Mark = 0x3143_4552_424D_5052; // "RPMBREC1"
    private const int DigestAt = HeaderLength - SHA256.HashSizeInBytes;

    private readonly byte[] _bytes = GC.AllocateArray<byte>(HeaderLength + (RpmbLayout.MostBlocks * RpmbFrame.BlockLength), pinned: true);

    /// <summary>Grows by one with every commit; 0 is no record.</summary>
    public ulong Generation
    {
        get => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(8));
        set => BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(8), value);
    }

    public uint WriteCounter
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(16));
        set => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(16), value);
    }

    public int BlockCount
    {
        get => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(20));
        set => BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(20), (ushort)value);
    }

    public int FirstBlock
    {
        get => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(22));
        set => BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(22), (ushort)value);
    }

    public bool HasKey
    {
        get => _bytes[24] != 0;
        set => _bytes[24] = value ? (byte)1 : (byte)0;
    }

    public Span<byte> Key => _bytes.AsSpan(32, RpmbFrame.MacLength);

    public Span<byte> WriteMac => _bytes.AsSpan(64, RpmbFrame.MacLength);

    /// <summary>The record as it is written: header and blocks.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, HeaderLength + (BlockCount * RpmbFrame.BlockLength));

    /// <summary>The header, for reading a record in.</summary>
    public Span<byte> Header => _bytes.AsSpan(0, HeaderLength);

    /// <summary>The data of the blocks, for reading a record in.</summary>
    public Span<byte> Data => _bytes.AsSpan(HeaderLength, BlockCount * RpmbFrame.BlockLength);

    /// <summary>Whether the header says that this is a record with a number of blocks that can be; the digest is not looked at.</summary>
    public bool HasSensibleHeader =>
        BinaryPrimitives.ReadUInt64LittleEndian(_bytes) == Mark && Generation != 0 && BlockCount <= RpmbLayout.MostBlocks;

    public Span<byte> Block(int index) => _bytes.AsSpan(HeaderLength + (index * RpmbFrame.BlockLength), RpmbFrame.BlockLength);

    /// <summary>Takes over everything of another record but its blocks.</summary>
    public void ContinueFrom(RpmbRecord other)
    {
        other.Header.CopyTo(Header);
        (BlockCount, FirstBlock) = (0, 0);
    }

    /// <summary>Puts mark and digest in; nothing may change afterwards.</summary>
    public void Seal()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes, Mark);
        Digest(_bytes.AsSpan(DigestAt, SHA256.HashSizeInBytes));
    }

    /// <summary>Whether the record is all that was sealed. Changes the bytes and puts them back.</summary>
    public bool IsWhole()
    {
        Span<byte> kept = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> own = _bytes.AsSpan(DigestAt, SHA256.HashSizeInBytes);
        own.CopyTo(kept);
        Digest(own);
        bool whole = own.SequenceEqual(kept);
        kept.CopyTo(own);
        return whole;
    }

    private void Digest(Span<byte> destination)
    {
        destination.Clear();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Bytes, digest);
        digest.CopyTo(destination);
    }
}

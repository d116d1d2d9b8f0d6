using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Stratos.Fabric.Devices.Rpmb.Store;

/// <summary>The first 512 bytes of a store: mark, version, capacity, and their SHA-256 in the last 32.</summary>
internal static class RpmbSuperblock
{
    public const int Length = 512;

    private const ulong Mark = 0x424D_5052_4652_5453; // "STRFRPMB"
    private const uint Version = 1;
    private const int DigestAt = Length - SHA256.HashSizeInBytes;

    public static void Write(Span<byte> superblock, int units)
    {
        superblock.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(superblock, Mark);
        BinaryPrimitives.WriteUInt32LittleEndian(superblock[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(superblock[12..], units);
        SHA256.HashData(superblock[..DigestAt], superblock[DigestAt..]);
    }

    /// <summary>The capacity in units of 128 KiB.</summary>
    /// <exception cref="RpmbStoreException">These bytes are no store's.</exception>
    public static int ReadUnits(ReadOnlySpan<byte> superblock, string name)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(superblock) != Mark)
        {
            throw new RpmbStoreException($"{name} is not an RPMB store. Name another file; a new one is made where there is none.");
        }
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(superblock[8..]);
        if (version != Version)
        {
            throw new RpmbStoreException($"{name} is an RPMB store of version {version}, and this program reads version {Version}. Use the program that made it.");
        }
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(superblock[..DigestAt], digest);
        if (!digest.SequenceEqual(superblock[DigestAt..]))
        {
            throw new RpmbStoreException($"{name} is damaged in its first 512 bytes. Restore it from a copy; its key and counter are not made up anew.");
        }
        return BinaryPrimitives.ReadInt32LittleEndian(superblock[12..]);
    }
}

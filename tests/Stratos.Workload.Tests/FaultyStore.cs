using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Linux;

namespace Stratos.Workload.Tests;

/// <summary>What a <see cref="FaultyStore"/> does wrong, once.</summary>
public enum StoreFault
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>A write is acknowledged and not done.</summary>
    DropWrite,
    /// <summary>A write goes to the next block.</summary>
    MisplaceWrite,
    /// <summary>A read leaves the buffer as it was.</summary>
    ForgetRead,
    /// <summary>A write fails with an I/O error.</summary>
    FailWrite,
}

/// <summary>A disk in memory that makes one mistake.</summary>
internal sealed class FaultyStore(IBlockStore disk, StoreFault fault, int at) : IBlockStore
{
    private int _writes;
    private int _reads;

    public ulong Length => disk.Length;

    public bool IsReadOnly => false;

    public bool IsImmediate => true;

    public ulong Incarnation => 0;

    public BlockGeometry Geometry => disk.Geometry;

    public bool CanDeallocate => disk.CanDeallocate;

    public Errno Read(ulong offset, BlockData data) =>
        ++_reads == at && fault == StoreFault.ForgetRead ? Errno.None : disk.Read(offset, data);

    public Errno Write(ulong offset, BlockData data)
    {
        if (++_writes != at)
            return disk.Write(offset, data);
        switch (fault)
        {
            case StoreFault.DropWrite:
                return Errno.None;
            case StoreFault.MisplaceWrite:
                return disk.Write((offset + data.Length) % (Length / 2), data);
            case StoreFault.FailWrite:
                return Errno.EIO;
            default:
                return disk.Write(offset, data);
        }
    }

    public Errno Flush() => disk.Flush();

    public Errno Discard(ulong offset, ulong length) => disk.Discard(offset, length);

    public Errno WriteZeroes(ulong offset, ulong length, bool mayDeallocate) => disk.WriteZeroes(offset, length, mayDeallocate);

    public void Dispose() => disk.Dispose();
}

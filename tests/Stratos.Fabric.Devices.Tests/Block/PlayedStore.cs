using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Tests.Block;

/// <summary>A disk that outlives the process that serves it, with a place to die in the middle of every write.</summary>
internal sealed class PlayedStore(byte[] disk, Action step) : IBlockStore
{
    public ulong Length => (ulong)disk.Length;

    public bool IsReadOnly => false;

    public bool IsImmediate => true;

    public ulong Incarnation => 0;

    public BlockGeometry Geometry => new(512, 512);

    public bool CanDeallocate => true;

    public Errno Read(ulong offset, BlockData data)
    {
        data.CopyIn(0, disk.AsSpan((int)offset, (int)data.Length));
        return Errno.None;
    }

    public Errno Write(ulong offset, BlockData data)
    {
        int half = (int)data.Length / 2;
        step();
        data.CopyOut(0, disk.AsSpan((int)offset, half));
        step();
        data.CopyOut((ulong)half, disk.AsSpan((int)offset + half, (int)data.Length - half));
        step();
        return Errno.None;
    }

    public Errno Flush() => Errno.None;

    public Errno Discard(ulong offset, ulong length) => WriteZeroes(offset, length, mayDeallocate: true);

    public Errno WriteZeroes(ulong offset, ulong length, bool mayDeallocate)
    {
        step();
        disk.AsSpan((int)offset, (int)length).Clear();
        step();
        return Errno.None;
    }

    public void Dispose() { }
}

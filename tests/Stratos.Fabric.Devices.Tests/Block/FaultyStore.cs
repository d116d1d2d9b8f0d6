using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Tests.Block;

/// <summary>A store on memory that answers as it is told, and keeps count.</summary>
internal sealed class FaultyStore(ulong length) : IBlockStore
{
    private readonly MemoryBlockStore _memory = new(length);

    public Errno Answer { get; set; }

    public bool Throws { get; set; }

    public int Flushes;

    public int Writes;

    public bool IsDisposed { get; private set; }

    public ulong Length { get; set; } = length;

    public bool IsReadOnly { get; init; }

    public bool IsImmediate { get; init; }

    public ulong Incarnation => 0;

    public BlockGeometry Geometry => new(512, 4096);

    public bool CanDeallocate { get; init; } = true;

    public Errno Read(ulong offset, BlockData data) => Answering() ?? _memory.Read(offset, data);

    public Errno Write(ulong offset, BlockData data)
    {
        Interlocked.Increment(ref Writes);
        return Answering() ?? _memory.Write(offset, data);
    }

    /// <summary>What is answered to an attempt without waiting.</summary>
    public Errno AtOnce { get; set; } = Errno.EAGAIN;

    public int Attempts { get; private set; }

    public Errno TryRead(ulong offset, BlockData data)
    {
        Attempts++;
        return AtOnce is Errno.None ? _memory.Read(offset, data) : AtOnce;
    }

    public Errno TryWrite(ulong offset, BlockData data)
    {
        Attempts++;
        return AtOnce is Errno.None ? _memory.Write(offset, data) : AtOnce;
    }

    public Errno Flush()
    {
        Interlocked.Increment(ref Flushes);
        return Answering() ?? Errno.None;
    }

    public Errno Discard(ulong offset, ulong length) => Answering() ?? Errno.None;

    public Errno WriteZeroes(ulong offset, ulong length, bool mayDeallocate) => Answering() ?? _memory.WriteZeroes(offset, length, mayDeallocate);

    public void Dispose()
    {
        IsDisposed = true;
        _memory.Dispose();
    }

    private Errno? Answering() =>
        Throws ? throw new InvalidOperationException("the store broke") : Answer is Errno.None ? null : Answer;
}

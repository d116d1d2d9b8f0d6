using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Block;

/// <summary>A store that forgets writes and leaves the buffers of reads as they are: what remains is the cost of the fabric, for benchmarks.</summary>
public sealed class NullBlockStore(ulong length) : IBlockStore
{
    /// <inheritdoc/>
    public ulong Length { get; } = length;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <inheritdoc/>
    public ulong Incarnation => 0;

    /// <inheritdoc/>
    public BlockGeometry Geometry => new(512, 4096);

    /// <inheritdoc/>
    public bool CanDeallocate => false;

    /// <inheritdoc/>
    public Errno Read(ulong offset, BlockData data) => Errno.None;

    /// <inheritdoc/>
    public Errno Write(ulong offset, BlockData data) => Errno.None;

    /// <inheritdoc/>
    public Errno Flush() => Errno.None;

    /// <inheritdoc/>
    public Errno Discard(ulong offset, ulong length) => Errno.None;

    /// <inheritdoc/>
    public Errno WriteZeroes(ulong offset, ulong length, bool mayDeallocate) => Errno.None;

    /// <inheritdoc/>
    public void Dispose() { }
}

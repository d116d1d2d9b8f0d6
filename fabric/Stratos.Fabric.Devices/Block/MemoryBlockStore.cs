using System.Security.Cryptography;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Block;

/// <summary>A disk in this process's memory, of zeroes at first. It is gone with the process; a successor fails its requests rather than show zeroes.</summary>
public sealed class MemoryBlockStore : IBlockStore
{
    private const ulong LargestPiece = BlockLimits.MaxTransfer;

    private readonly MemoryFile _file;
    private readonly Mapping _memory;

    /// <summary>Makes a store; memory is taken from the system as it is written.</summary>
    /// <param name="length">Bytes, above zero.</param>
    /// <exception cref="LinuxException">The kernel has no room.</exception>
    public MemoryBlockStore(ulong length)
    {
        Length = length;
        _file = MemoryFile.Create("stratos-disk", length);
        _memory = _file.Map(0, length, MemoryAccess.ReadWrite);
    }

    /// <inheritdoc/>
    public ulong Length { get; }

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <inheritdoc/>
    public ulong Incarnation { get; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

    /// <inheritdoc/>
    public BlockGeometry Geometry => new(512, 4096);

    /// <inheritdoc/>
    public bool CanDeallocate => true;

    /// <inheritdoc/>
    public Errno Read(ulong offset, BlockData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.CopyIn(0, _memory.GetSpan(offset, (int)data.Length));
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Write(ulong offset, BlockData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.CopyOut(0, _memory.GetSpan(offset, (int)data.Length));
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Flush() => Errno.None;

    /// <inheritdoc/>
    public Errno Discard(ulong offset, ulong length) => WriteZeroes(offset, length, mayDeallocate: true);

    /// <inheritdoc/>
    public Errno WriteZeroes(ulong offset, ulong length, bool mayDeallocate)
    {
        if (mayDeallocate && FileIo.Discard(_file.Descriptor, offset, length).IsSuccess) { return Errno.None; }
        for (ulong done = 0; done < length; done += LargestPiece)
        {
            _memory.GetSpan(offset + done, (int)Math.Min(LargestPiece, length - done)).Clear();
        }
        return Errno.None;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        _file.Dispose();
    }
}

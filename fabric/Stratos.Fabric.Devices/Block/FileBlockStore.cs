using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Block;

/// <summary>A raw image file, or a block device of the host.</summary>
/// <remarks>
/// Positional system calls on the calling thread, on purpose: the kernel does not report a process as exited before its
/// threads have left their system calls, so a worker that was killed and reaped cannot write any more when its successor
/// replays. Asynchronous submission would give that up.
/// </remarks>
public sealed class FileBlockStore : IBlockStore
{
    private const int GatherWindow = 128;

    private static readonly byte[] s_zeroes = GC.AllocateArray<byte>(64 * 1024, pinned: true);

    private readonly FileDescriptor _file;
    private readonly FileDescriptor? _direct;
    private volatile bool _readsAtOnce;
    private volatile bool _writesAtOnce;

    /// <summary>Opens the file.</summary>
    /// <param name="path">A regular file or block device.</param>
    /// <param name="readOnly">Whether to refuse writes.</param>
    /// <param name="direct">Whether to bypass the page cache where a request's memory is aligned for it.</param>
    /// <exception cref="LinuxException">It cannot be opened, or is neither a regular file nor a block device.</exception>
    public FileBlockStore(string path, bool readOnly = false, bool direct = false)
    {
        OpenFlags access = readOnly ? OpenFlags.ReadOnly : OpenFlags.ReadWrite;
        IsReadOnly = readOnly;
        _file = FileIo.OpenFile(path, access);
        try
        {
            FileIo.FileSize(_file);
            Geometry = FileIo.GetBlockGeometry(_file);
            // Direct I/O waits for the storage by its nature.
            (_readsAtOnce, _writesAtOnce) = (!direct, !direct);
            _direct = direct ? FileIo.OpenFile(path, access | OpenFlags.Direct) : null;
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ulong Length => FileIo.FileSize(_file);

    /// <inheritdoc/>
    public bool IsReadOnly { get; }

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <inheritdoc/>
    public ulong Incarnation => 0;

    /// <inheritdoc/>
    public BlockGeometry Geometry { get; }

    /// <inheritdoc/>
    public bool CanDeallocate => !IsReadOnly;

    /// <inheritdoc/>
    public Errno Read(ulong offset, BlockData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Transfer(offset, data, write: false);
    }

    /// <inheritdoc/>
    public Errno Write(ulong offset, BlockData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Transfer(offset, data, write: true);
    }

    /// <inheritdoc/>
    public Errno TryRead(ulong offset, BlockData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!_readsAtOnce) { return Errno.EAGAIN; }
        Span<IoVector> window = stackalloc IoVector[GatherWindow];
        IoResult result = FileIo.ReadVectorAtOnce(_file, window[..data.Gather(0, window)], offset);
        _readsAtOnce = result.Error is not Errno.EOPNOTSUPP;
        return IsWhole(result, data) ? Errno.None : Errno.EAGAIN;
    }

    /// <inheritdoc/>
    public Errno TryWrite(ulong offset, BlockData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!_writesAtOnce) { return Errno.EAGAIN; }
        Span<IoVector> window = stackalloc IoVector[GatherWindow];
        IoResult result = FileIo.WriteVectorAtOnce(_file, window[..data.Gather(0, window)], offset);
        _writesAtOnce = result.Error is not Errno.EOPNOTSUPP;
        return IsWhole(result, data) ? Errno.None : Errno.EAGAIN;
    }

    /// <inheritdoc/>
    public Errno Flush() => FileIo.DataSync(_file).Error;

    /// <inheritdoc/>
    public Errno Discard(ulong offset, ulong length)
    {
        Errno error = FileIo.Discard(_file, offset, length).Error;
        return error is Errno.EOPNOTSUPP ? Errno.None : error;
    }

    /// <inheritdoc/>
    public Errno WriteZeroes(ulong offset, ulong length, bool mayDeallocate)
    {
        Errno error = FileIo.WriteZeroes(_file, offset, length, mayDeallocate).Error;
        return error is Errno.EOPNOTSUPP ? WriteZeroBytes(offset, length) : error;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _direct?.Dispose();
        _file.Dispose();
    }

    private static bool IsWhole(IoResult result, BlockData data) => result.IsSuccess && (ulong)result.Bytes == data.Length;

    private Errno Transfer(ulong offset, BlockData data, bool write)
    {
        Span<IoVector> window = stackalloc IoVector[GatherWindow];
        FileDescriptor file = _direct ?? _file;
        ulong done = 0;
        while (done < data.Length)
        {
            ReadOnlySpan<IoVector> vectors = window[..data.Gather(done, window)];
            IoResult result = write
                ? FileIo.WriteVector(file, vectors, offset + done)
                : FileIo.ReadVector(file, vectors, offset + done);
            if (result.Error is Errno.EINVAL && file != _file)
            {
                // The guest's memory, or the file's end, is not aligned for direct I/O. The kernel keeps both ways coherent.
                file = _file;
                continue;
            }
            if (!result.IsSuccess) { return result.Error; }
            if (result.Bytes == 0) { return Errno.EIO; }
            done += (ulong)result.Bytes;
        }
        return Errno.None;
    }

    private Errno WriteZeroBytes(ulong offset, ulong length)
    {
        ulong done = 0;
        while (done < length)
        {
            int take = (int)Math.Min((ulong)s_zeroes.Length, length - done);
            IoResult result = FileIo.WriteAt(_file, s_zeroes.AsSpan(0, take), offset + done);
            if (!result.IsSuccess) { return result.Error; }
            done += (ulong)result.Bytes;
        }
        return Errno.None;
    }
}

namespace Stratos.Fabric.Linux;

/// <summary>Reading, writing and sizing files and block devices.</summary>
/// <remarks>
/// All members may be called from any thread. Reads, writes and syncs allocate nothing and return errors as values.
/// A count may be smaller than asked for; the caller goes on with the rest.
/// Memory in a mapping whose file was cut gives <see cref="Errno.EFAULT"/>, not a fault.
/// </remarks>
public static unsafe partial class FileIo
{
    /// <summary>The most pieces that one vectored call takes (IOV_MAX); more are left for the next call.</summary>
    public const int MaxVectors = 1024;

    private const int NoWait = 8;         // RWF_NOWAIT
    private const int KeepSize = 1;       // FALLOC_FL_KEEP_SIZE
    private const int PunchHole = 2;      // FALLOC_FL_PUNCH_HOLE
    private const int ZeroRange = 16;     // FALLOC_FL_ZERO_RANGE

    /// <summary>Opens a file, closed on exec.</summary>
    /// <param name="path">The path.</param>
    /// <param name="flags">How.</param>
    /// <param name="mode">Permission bits of a file that is made here, less the process's umask.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static FileDescriptor OpenFile(string path, OpenFlags flags, int mode = 0x1A4)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        NativeText.ThrowIfCut(path);
        return new((int)Interruptible.Open(path, flags.ToNative(), (uint)mode).OrThrow("open", path));
    }

    /// <summary>Reads at the file's own position (streams, terminals).</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="buffer">Where to.</param>
    /// <returns>Bytes read, 0 at the end; or the error.</returns>
    public static IoResult Read(FileDescriptor descriptor, Span<byte> buffer) => Interruptible.Read(descriptor, buffer);

    /// <summary>Writes at the file's own position (streams, terminals).</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="buffer">What.</param>
    /// <returns>Bytes written, or the error.</returns>
    public static IoResult Write(FileDescriptor descriptor, ReadOnlySpan<byte> buffer) => Interruptible.Write(descriptor, buffer);

    /// <summary>Reads at an offset.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="offset">Bytes from the start, below 2^63.</param>
    /// <returns>Bytes read, 0 at the end; or the error.</returns>
    public static IoResult ReadAt(FileDescriptor descriptor, Span<byte> buffer, ulong offset) =>
        offset > long.MaxValue ? IoResult.Failure(Errno.EINVAL) : Interruptible.ReadAt(descriptor, buffer, (long)offset);

    /// <summary>Writes at an offset.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="buffer">What.</param>
    /// <param name="offset">Bytes from the start, below 2^63.</param>
    /// <returns>Bytes written, or the error.</returns>
    public static IoResult WriteAt(FileDescriptor descriptor, ReadOnlySpan<byte> buffer, ulong offset) =>
        offset > long.MaxValue ? IoResult.Failure(Errno.EINVAL) : Interruptible.WriteAt(descriptor, buffer, (long)offset);

    /// <summary>Reads at an offset into several pieces of memory, in order.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="vectors">The pieces; of more than <see cref="MaxVectors"/> the first are used.</param>
    /// <param name="offset">Bytes from the start, below 2^63.</param>
    /// <returns>Bytes read, 0 at the end; or the error.</returns>
    public static IoResult ReadVector(FileDescriptor descriptor, ReadOnlySpan<IoVector> vectors, ulong offset)
    {
        if (offset > long.MaxValue) { return IoResult.Failure(Errno.EINVAL); }
        fixed (IoVector* pointer = vectors)
        {
            return Interruptible.ReadVector(descriptor, pointer, Math.Min(vectors.Length, MaxVectors), (long)offset, 0);
        }
    }

    /// <summary>Writes several pieces of memory at an offset, in order.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="vectors">The pieces; of more than <see cref="MaxVectors"/> the first are used.</param>
    /// <param name="offset">Bytes from the start, below 2^63.</param>
    /// <returns>Bytes written, or the error.</returns>
    public static IoResult WriteVector(FileDescriptor descriptor, ReadOnlySpan<IoVector> vectors, ulong offset)
    {
        if (offset > long.MaxValue) { return IoResult.Failure(Errno.EINVAL); }
        fixed (IoVector* pointer = vectors)
        {
            return Interruptible.WriteVector(descriptor, pointer, Math.Min(vectors.Length, MaxVectors), (long)offset, 0);
        }
    }

    /// <summary>Reads as <see cref="ReadVector"/> does, but only what needs no waiting for storage.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="vectors">The pieces; of more than <see cref="MaxVectors"/> the first are used.</param>
    /// <param name="offset">Bytes from the start, below 2^63.</param>
    /// <returns>Bytes read, fewer where the rest must be waited for; <see cref="Errno.EAGAIN"/> if all must; <see cref="Errno.EOPNOTSUPP"/> where the file system cannot tell; or another error.</returns>
    public static IoResult ReadVectorAtOnce(FileDescriptor descriptor, ReadOnlySpan<IoVector> vectors, ulong offset)
    {
        if (offset > long.MaxValue) { return IoResult.Failure(Errno.EINVAL); }
        fixed (IoVector* pointer = vectors)
        {
            return Interruptible.ReadVector(descriptor, pointer, Math.Min(vectors.Length, MaxVectors), (long)offset, NoWait);
        }
    }

    /// <summary>Writes as <see cref="WriteVector"/> does, but only what needs no waiting for storage or for room in the page cache.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="vectors">The pieces; of more than <see cref="MaxVectors"/> the first are used.</param>
    /// <param name="offset">Bytes from the start, below 2^63.</param>
    /// <returns>Bytes written, fewer where the rest must wait; <see cref="Errno.EAGAIN"/> if all must; <see cref="Errno.EOPNOTSUPP"/> where the file system cannot tell; or another error.</returns>
    public static IoResult WriteVectorAtOnce(FileDescriptor descriptor, ReadOnlySpan<IoVector> vectors, ulong offset)
    {
        if (offset > long.MaxValue) { return IoResult.Failure(Errno.EINVAL); }
        fixed (IoVector* pointer = vectors)
        {
            return Interruptible.WriteVector(descriptor, pointer, Math.Min(vectors.Length, MaxVectors), (long)offset, NoWait);
        }
    }

    /// <summary>Makes the written data durable, and the file's length if it grew.</summary>
    /// <param name="descriptor">The file.</param>
    /// <returns>Zero, or the error. After an error the data's fate is unknown; repeating the call proves nothing.</returns>
    public static IoResult DataSync(FileDescriptor descriptor) => Interruptible.DataSync(descriptor);

    /// <summary>Makes data and all attributes durable; on a directory, the names in it.</summary>
    /// <param name="descriptor">The file or directory.</param>
    /// <returns>Zero, or the error.</returns>
    public static IoResult Sync(FileDescriptor descriptor) => Interruptible.Sync(descriptor);

    /// <summary>Gives storage back. The range reads as zeroes afterwards; the file keeps its length.</summary>
    /// <param name="descriptor">A regular file or block device.</param>
    /// <param name="offset">Bytes from the start.</param>
    /// <param name="length">Bytes, above zero.</param>
    /// <returns>Zero, or the error; <see cref="Errno.EOPNOTSUPP"/> where the storage cannot.</returns>
    public static IoResult Discard(FileDescriptor descriptor, ulong offset, ulong length) =>
        Allocate(descriptor, PunchHole | KeepSize, offset, length);

    /// <summary>Makes a range read as zeroes. The file keeps its length.</summary>
    /// <param name="descriptor">A regular file or block device.</param>
    /// <param name="offset">Bytes from the start.</param>
    /// <param name="length">Bytes, above zero.</param>
    /// <param name="mayDiscard">True if the storage may be given back, so that a later write can fail for lack of room.</param>
    /// <returns>Zero, or the error; <see cref="Errno.EOPNOTSUPP"/> where the storage cannot: then write zeroes.</returns>
    public static IoResult WriteZeroes(FileDescriptor descriptor, ulong offset, ulong length, bool mayDiscard)
    {
        if (mayDiscard)
        {
            IoResult discarded = Discard(descriptor, offset, length);
            if (discarded.Error is not Errno.EOPNOTSUPP) { return discarded; }
        }
        return Allocate(descriptor, ZeroRange | KeepSize, offset, length);
    }

    /// <summary>Describes an open file.</summary>
    /// <param name="descriptor">The file.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static FileStatus GetStatus(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        NativeStatus status;
        IoResult.Capture(Libc.StatExtended(descriptor, "", StatusQuery.EmptyPath, StatusQuery.Basic, &status)).OrThrow("statx");
        return FileStatus.From(status);
    }

    /// <summary>What the kernel knows about an open file by itself: a file system that another process or machine serves is not asked.</summary>
    internal static FileStatus GetKnownStatus(FileDescriptor descriptor)
    {
        NativeStatus status;
        IoResult.Capture(Libc.StatExtended(descriptor, "", StatusQuery.EmptyPath | StatusQuery.AsKnown, StatusQuery.Basic, &status)).OrThrow("statx");
        return FileStatus.From(status);
    }

    private static IoResult Allocate(FileDescriptor descriptor, int mode, ulong offset, ulong length) =>
        offset > long.MaxValue || length > long.MaxValue
            ? IoResult.Failure(Errno.EFBIG)
            : Interruptible.Allocate(descriptor, mode, (long)offset, (long)length);
}

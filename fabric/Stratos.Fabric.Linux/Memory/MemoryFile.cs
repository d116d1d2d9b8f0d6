namespace Stratos.Fabric.Linux;

/// <summary>A file whose content is memory, to be mapped by several processes (memfd, hugetlbfs, tmpfs; also a plain file).</summary>
/// <remarks>All members may be called from any thread. Mappings outlive the file's descriptor.</remarks>
public sealed unsafe class MemoryFile : IDisposable
{
    private const uint CloseOnExec = 1;        // MFD_CLOEXEC
    private const uint AllowSealing = 2;       // MFD_ALLOW_SEALING
    private const uint HugePages = 4;          // MFD_HUGETLB
    private const uint NeverExecutable = 8;    // MFD_NOEXEC_SEAL, since Linux 6.3
    private const int AddSealsCommand = 1033;  // F_ADD_SEALS
    private const int GetSealsCommand = 1034;  // F_GET_SEALS
    private const long HugePageFileSystem = 0x958458F6;

    private readonly string _name;

    private MemoryFile(FileDescriptor descriptor, string name)
    {
        Descriptor = descriptor;
        _name = name;
        PageSize = QueryPageSize(descriptor);
    }

    /// <summary>The descriptor, for passing on. It stays owned by this object.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Bytes in a page of this file: the huge page's size on hugetlbfs, the system's elsewhere.</summary>
    public ulong PageSize { get; }

    /// <summary>The file's length in bytes, as the kernel has it now. A peer may change it at any time unless it is sealed.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public ulong Length => FileIo.GetStatus(Descriptor).Size;

    /// <summary>What nobody can do to the file any more; none for a file that knows no seals.</summary>
    public MemorySeals Seals => (MemorySeals)IoResult.Capture(Libc.Control(Descriptor, GetSealsCommand, 0)).Bytes;

    /// <summary>True if nobody can cut the file.</summary>
    public bool IsShrinkSealed => Seals.HasFlag(MemorySeals.Shrink);

    /// <summary>Makes a memory file of zeroes.</summary>
    /// <param name="name">A name for /proc and messages, at most 249 bytes.</param>
    /// <param name="length">Bytes; rounded up to whole pages where the pages are huge.</param>
    /// <param name="seal">True to fix the length for good. False for a file that is to be resized, by its owner or by whoever it is passed to.</param>
    /// <param name="hugePages">True for the system's default huge pages; those must have been set aside.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static MemoryFile Create(string name, ulong length, bool seal = true, bool hugePages = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        uint flags = CloseOnExec | AllowSealing | (hugePages ? HugePages : 0);
        IoResult created = IoResult.Capture(Libc.MemoryFileCreate(name, flags | NeverExecutable));
        if (created.Error is Errno.EINVAL) { created = IoResult.Capture(Libc.MemoryFileCreate(name, flags)); }
        FileDescriptor descriptor = new((int)created.OrThrow("memfd_create", name));
        try
        {
            MemoryFile file = new(descriptor, name);
            file.SetLength(hugePages ? PageRange.RoundUp(length, file.PageSize) : length);
            if (seal) { file.AddSeals(MemorySeals.Shrink | MemorySeals.Grow | MemorySeals.Seal); }
            return file;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Takes a descriptor that came from elsewhere and checks that it is a file that can be mapped.</summary>
    /// <param name="descriptor">The descriptor; owned by the result, and closed here if it is refused.</param>
    /// <param name="name">A name for messages.</param>
    /// <exception cref="LinuxException"><see cref="Errno.ENODEV"/>: it is a socket, a pipe, a device.</exception>
    public static MemoryFile FromDescriptor(FileDescriptor descriptor, string name = "memory file")
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        try
        {
            FileKind kind = FileIo.GetStatus(descriptor).Kind;
            return kind is FileKind.Regular ? new MemoryFile(descriptor, name) : throw new LinuxException("mmap", Errno.ENODEV, name, $"it is a {kind}");
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Takes a descriptor that came from a peer, and refuses a file whose pages the peer itself could have to serve (FUSE,
    /// a file system on the network): a thread that touches such a page waits for as long as the peer likes, beyond the
    /// reach of the garbage collector, which then stops the whole process. What is asked of the descriptor never waits.
    /// </summary>
    /// <param name="descriptor">The descriptor; owned by the result, and closed here if it is refused.</param>
    /// <param name="name">A name for messages.</param>
    /// <exception cref="LinuxException"><see cref="Errno.ENODEV"/>: it is neither memory nor a file on a block device of this machine.</exception>
    public static MemoryFile FromPeer(FileDescriptor descriptor, string name)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        try
        {
            // Only memory files (memfd, tmpfs, hugetlbfs) know seals, and no file system is asked for them.
            if (!IoResult.Capture(Libc.Control(descriptor, GetSealsCommand, 0)).IsSuccess) { RequireLocalFile(descriptor, name); }
            return new MemoryFile(descriptor, name);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Changes the file's length. New bytes are zero.</summary>
    /// <param name="length">Bytes, below 2^63; whole pages on hugetlbfs.</param>
    /// <exception cref="LinuxException">The length is sealed (<see cref="Errno.EPERM"/>) or there is no room.</exception>
    public void SetLength(ulong length)
    {
        IoResult result = length > long.MaxValue ? IoResult.Failure(Errno.EFBIG) : Interruptible.Truncate(Descriptor, (long)length);
        result.OrThrow("ftruncate", _name);
    }

    /// <summary>Adds seals for good.</summary>
    /// <param name="seals">The seals.</param>
    /// <exception cref="LinuxException">The file knows no seals (<see cref="Errno.EINVAL"/>) or takes no more (<see cref="Errno.EPERM"/>).</exception>
    public void AddSeals(MemorySeals seals) =>
        IoResult.Capture(Libc.Control(Descriptor, AddSealsCommand, (nint)seals)).OrThrow("fcntl(F_ADD_SEALS)", _name);

    /// <summary>Maps a part of the file, shared with everyone who maps it.</summary>
    /// <param name="offset">Bytes from the start; need not be aligned.</param>
    /// <param name="length">Bytes, above zero; the range must lie within the file as it is now.</param>
    /// <param name="access">What for.</param>
    /// <returns>The mapping, guarded against the file's being cut later (see <see cref="MemoryFaultGuard"/>).</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or reaches beyond the file.</exception>
    /// <exception cref="LinuxException">The kernel refused, or the guard's table is full.</exception>
    public Mapping Map(ulong offset, ulong length, MemoryAccess access)
    {
        ulong fileLength = Length;
        ArgumentOutOfRangeException.ThrowIfZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, fileLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, fileLength - offset);
        // Huge pages can be punched out of a sealed file, and then be missing from the pool: only small ones are safe.
        bool canFault = !IsShrinkSealed || PageSize != (ulong)Environment.SystemPageSize;
        return Mapping.Create(Descriptor, _name, PageRange.Around(offset, length, PageSize), access, canFault);
    }

    /// <summary>Maps the whole file as it is now.</summary>
    /// <param name="access">What for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The file is empty.</exception>
    /// <exception cref="LinuxException">The kernel refused, or the guard's table is full.</exception>
    public Mapping Map(MemoryAccess access) => Map(0, Length, access);

    /// <summary>Closes the descriptor. Mappings stay. Idempotent.</summary>
    public void Dispose() => Descriptor.Dispose();

    private static void RequireLocalFile(FileDescriptor descriptor, string name)
    {
        FileStatus status = FileIo.GetKnownStatus(descriptor);
        if (status.Kind is not FileKind.Regular) { throw new LinuxException("mmap", Errno.ENODEV, name, $"it is a {status.Kind}"); }
        if (status.Device >> 32 != 0) { return; }
        throw new LinuxException(
            "mmap", Errno.ENODEV, name, "it lies on a file system that somebody else may have to serve; use a memfd, or a file on tmpfs, hugetlbfs or a local disk");
    }

    private static ulong QueryPageSize(FileDescriptor descriptor)
    {
        long* status = stackalloc long[32]; // struct statfs is 120 bytes: type, block size, ...
        IoResult.Capture(Libc.StatFileSystem(descriptor, status)).OrThrow("fstatfs");
        return status[0] == HugePageFileSystem ? (ulong)status[1] : (ulong)Environment.SystemPageSize;
    }
}

namespace Stratos.Fabric.Linux;

/// <summary>A part of a memory file in this process's address space.</summary>
/// <remarks>
/// <para>Reading and writing are the holder's own affair, from any thread. Two things can take the file away underneath,
/// and neither makes an access fail: <see cref="Revoke"/>, and a peer that cuts the file
/// (<see cref="IsFaulted"/>). In both cases the addresses stay valid and lead to private zero pages from then on.</para>
/// <para><see cref="Dispose"/> is different: it gives the addresses back, so nobody may use them at that time or after.
/// There is no finalizer, for the same reason.</para>
/// </remarks>
public sealed unsafe class Mapping : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly nint _base;
    private readonly nuint _size;
    private readonly MemoryAccess _access;
    private volatile FaultGuardEntry? _guard;
    private bool _faulted;
    private bool _revoked;
    private bool _disposed;

    private Mapping(string name, nint start, PageRange range, MemoryAccess access, FaultGuardEntry? guard)
    {
        _name = name;
        _base = start;
        _size = (nuint)range.Size;
        _access = access;
        _guard = guard;
        Address = start + (nint)range.Lead;
        Length = range.Length;
    }

    /// <summary>The first byte. Valid until <see cref="Dispose"/>.</summary>
    public nint Address { get; }

    /// <summary>Bytes.</summary>
    public ulong Length { get; }

    /// <summary>True once an access found that the file had been cut: its content is lost to this mapping for good.</summary>
    /// <remarks>One read of memory, fit for a check on every batch. Set before the access that found it continues.</remarks>
    public bool IsFaulted => _guard?.IsFaulted ?? _faulted;

    /// <summary>True after <see cref="Revoke"/>.</summary>
    public bool IsRevoked => Volatile.Read(ref _revoked);

    /// <summary>A view of the whole mapping; it must not be used once the mapping is disposed.</summary>
    /// <exception cref="OverflowException">The mapping has 2 GiB or more: use <see cref="GetSpan"/>.</exception>
    /// <exception cref="ObjectDisposedException">The mapping was disposed.</exception>
    public Span<byte> Span => GetSpan(0, checked((int)Length));

    /// <summary>A bounded view of the memory.</summary>
    /// <param name="offset">Bytes from the mapping's start.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>The view; it must not be used once the mapping is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches beyond the mapping.</exception>
    /// <exception cref="ObjectDisposedException">The mapping was disposed.</exception>
    public Span<byte> GetSpan(ulong offset, int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)length, Length - offset);
        return new Span<byte>((byte*)Address + offset, length);
    }

    /// <summary>Takes the file away: replaces its pages by private zero pages in one step, while others may be using them.</summary>
    /// <remarks>
    /// Every access that starts after the return sees zeroes, and none reaches the file. A system call
    /// that was given the address before may still complete on the file's pages. Idempotent.
    /// </remarks>
    /// <exception cref="LinuxException">The kernel has no memory for it; the mapping must not be used any more.</exception>
    /// <exception cref="ObjectDisposedException">The mapping was disposed.</exception>
    public void Revoke()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_revoked) { return; }
            IoResult.Capture(Libc.MapAnonymous(_base, _size, (int)_access, MapFlags.Replacement, -1, 0)).OrThrow("mmap", _name);
            Volatile.Write(ref _revoked, true);
        }
    }

    /// <summary>Brings all pages in now, so that no later access waits for one.</summary>
    /// <returns><see cref="Errno.None"/>; <see cref="Errno.EFAULT"/> if the file was cut; <see cref="Errno.EINVAL"/> before Linux 5.14.</returns>
    /// <exception cref="ObjectDisposedException">The mapping was disposed.</exception>
    public Errno Populate()
    {
        const int PopulateRead = 22;    // MADV_POPULATE_READ
        const int PopulateWrite = 23;   // MADV_POPULATE_WRITE
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            int advice = _access is MemoryAccess.ReadWrite ? PopulateWrite : PopulateRead;
            return IoResult.Capture(Libc.Advise(_base, _size, advice)).Error;
        }
    }

    /// <summary>Gives the addresses back. Nobody may use them at that time or after. Idempotent.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) { return; }
            _disposed = true;
            if (_guard is { } guard)
            {
                _faulted = guard.Release();
                _guard = null;
            }
            Libc.Unmap(_base, _size);
        }
    }

    internal static Mapping Create(FileDescriptor file, string name, PageRange range, MemoryAccess access, bool canFault)
    {
        IoResult mapped = IoResult.Capture(Libc.Map(0, (nuint)range.Size, (int)access, MapFlags.Shared, file, (long)range.Start));
        nint start = (nint)mapped.OrThrow("mmap", name);
        try
        {
            FaultGuardEntry? guard = canFault ? MemoryFaultGuard.Register(start, (nuint)range.Size, access) : null;
            return new Mapping(name, start, range, access, guard);
        }
        catch
        {
            Libc.Unmap(start, (nuint)range.Size);
            throw;
        }
    }
}

namespace Stratos.Fabric.Linux;

/// <summary>Keeps a memory file that a peer cuts from killing the process.</summary>
/// <remarks>
/// <para>Memory of a frontend is often a file that the frontend can shorten at any time. Whoever then touches a lost page
/// gets SIGBUS, which the runtime makes fatal. Mappings of such files are guarded: a handler in machine code replaces the
/// whole mapping by private zero pages, marks it (<see cref="Mapping.IsFaulted"/>) and lets the access continue.
/// Faults elsewhere go to the handler that was installed before.</para>
/// <para>A system call that is given such memory does not fault; it fails with <see cref="Errno.EFAULT"/>, and the mapping stays unmarked.</para>
/// <para>The handler stays for the life of the process. A library that installs a SIGBUS handler later has to pass on what it does not know.</para>
/// </remarks>
public static unsafe class MemoryFaultGuard
{
    /// <summary>How many mappings can be guarded at once.</summary>
    public const int Capacity = 1024;

    private static readonly Lock s_lock = new();
    private static FaultGuardEntry.Slot* s_table;
    private static int s_count;

    /// <summary>How many mappings are guarded now.</summary>
    public static int Count => Volatile.Read(ref s_count);

    /// <summary>Installs the handler. The first guarded mapping does so anyway; a program may want to see it fail at its start.</summary>
    /// <remarks>Any thread. Idempotent.</remarks>
    /// <exception cref="LinuxException">The system allows no executable page (<see cref="Errno.EACCES"/>), or has no memory.</exception>
    /// <exception cref="PlatformNotSupportedException">The processor is neither x86-64 nor arm64.</exception>
    public static void Install()
    {
        lock (s_lock)
        {
            if (s_table is not null) { return; }
            nuint size = Capacity * (nuint)sizeof(FaultGuardEntry.Slot);
            nint table = (nint)IoResult.Capture(Libc.MapAnonymous(0, size, (int)MemoryAccess.ReadWrite, MapFlags.Anonymous, -1, 0)).OrThrow("mmap", "fault guard");
            try
            {
                FaultHandlerPage.Install((FaultGuardEntry.Slot*)table);
            }
            catch
            {
                Libc.Unmap(table, size);
                throw;
            }
            s_table = (FaultGuardEntry.Slot*)table;
        }
    }

    /// <summary>Guards a range of whole pages until the entry is released.</summary>
    /// <exception cref="LinuxException">The table is full (<see cref="Errno.ENOSPC"/>), or <see cref="Install"/> failed.</exception>
    internal static FaultGuardEntry Register(nint start, nuint size, MemoryAccess access)
    {
        Install();
        lock (s_lock)
        {
            FaultGuardEntry.Slot* slot = FindFree();
            slot->End = (nuint)start + size;
            slot->Faulted = 0;
            slot->Protection = (uint)access;
            // Publishes the row: a handler that sees the start sees the rest.
            Volatile.Write(ref slot->Start, (nuint)start);
            s_count++;
            return new FaultGuardEntry(slot);
        }
    }

    /// <summary>Withdraws a row and waits until no handler is looking at it, so that its addresses may be reused.</summary>
    /// <returns>Whether the range had faulted.</returns>
    internal static bool Release(FaultGuardEntry.Slot* slot)
    {
        Volatile.Write(ref slot->Start, 0);
        // The handler counts itself in and then looks at the start again; we clear the start and then look at the count.
        // With a full barrier on both sides at least one of the two sees the other.
        Interlocked.MemoryBarrier();
        SpinWait spinner = default;
        while (Volatile.Read(ref slot->Users) != 0) { spinner.SpinOnce(); }
        bool faulted = Volatile.Read(ref slot->Faulted) != 0;
        lock (s_lock)
        {
            slot->End = 0;
            s_count--;
        }
        return faulted;
    }

    private static FaultGuardEntry.Slot* FindFree()
    {
        for (FaultGuardEntry.Slot* slot = s_table; slot < s_table + Capacity; slot++)
        {
            // A row that is being withdrawn has no start any more but keeps its end until it is free.
            if (slot->End == 0) { return slot; }
        }
        throw new LinuxException("guard", Errno.ENOSPC, "mapping", $"{Capacity} mappings are guarded already");
    }
}

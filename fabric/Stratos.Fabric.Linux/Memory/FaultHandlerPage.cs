using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>The page that holds the signal handler, and its installation for the life of the process.</summary>
/// <remarks>
/// Managed code cannot handle a fault of managed code: the handler may run while the thread holds any of the runtime's locks,
/// or none of its states. So the handler is machine code, made of nothing but loads, one atomic count and system calls.
/// What it does:
/// <code>
/// if the fault is an address beyond a file, or a failed page:
///     for each row of the table that holds the address:
///         users++; look again, as the row may just have been withdrawn
///         mmap(start, end - start, protection, PRIVATE | FIXED | ANONYMOUS | NORESERVE)
///         faulted = 1; users--; return: the instruction runs again, on zero pages
/// otherwise jump to the handler that was there before. If that was the default:
///     restore the default; return to fault again, or send the signal again if a process had sent it
/// </code>
/// After the code come four words that it addresses relative to itself: the table, the previous handler,
/// and an empty kernel sigaction. The page is written first and made executable after; never both at once.
/// </remarks>
internal static unsafe class FaultHandlerPage
{
    private const int BusSignal = 7;                // SIGBUS
    private const int WithInformation = 4;          // SA_SIGINFO
    private const int OnAlternateStack = 0x08000000; // SA_ONSTACK
    private const int Restart = 0x10000000;         // SA_RESTART
    private const int ReadWrite = 3;
    private const int ReadExecute = 5;

    /// <summary>Puts the handler in front of the one that is installed now.</summary>
    /// <param name="table">The rows that it searches; must stay for ever.</param>
    internal static void Install(FaultGuardEntry.Slot* table)
    {
        SignalHandling previous;
        IoResult.Capture(Libc.SignalAction(BusSignal, null, &previous)).OrThrow("sigaction");
        // The runtime's handler expects the stack and the mask that the runtime asked for (no alternate stack for SIGBUS),
        // and ours needs nothing of its own: so its flags are kept. NativeAOT installs none.
        bool isFirst = previous.Handler is 0 or 1; // SIG_DFL, SIG_IGN
        SignalHandling handling = isFirst ? new SignalHandling { Flags = OnAlternateStack | Restart } : previous;
        handling.Flags |= WithInformation;
        handling.Handler = Build(table, previous.Handler);
        IoResult.Capture(Libc.SignalAction(BusSignal, &handling, null)).OrThrow("sigaction");
    }

    private static nint Build(FaultGuardEntry.Slot* table, nint previous)
    {
        ReadOnlySpan<byte> code = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => FaultHandlerX64.Code,
            Architecture.Arm64 => MemoryMarshal.AsBytes(FaultHandlerArm64.Code),
            _ => throw new PlatformNotSupportedException("The fault guard knows x86-64 and arm64."),
        };
        nuint size = (nuint)Environment.SystemPageSize;
        byte* page = (byte*)(nint)IoResult.Capture(Libc.MapAnonymous(0, size, ReadWrite, MapFlags.Anonymous, -1, 0)).OrThrow("mmap", "fault handler");
        code.CopyTo(new Span<byte>(page, (int)size));
        nint* words = (nint*)(page + code.Length);
        words[0] = (nint)table;
        words[1] = previous;
        IoResult.Capture(Libc.Protect((nint)page, size, ReadExecute)).OrThrow("mprotect", "fault handler");
        return (nint)page;
    }
}

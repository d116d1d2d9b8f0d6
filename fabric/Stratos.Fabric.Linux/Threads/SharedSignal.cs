using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>
/// A way to wait for a change of a 32-bit word in memory, which may be shared with other processes (futex(2)). Nobody owns
/// anything: whoever dies while it waits or signals leaves nothing behind.
/// </summary>
/// <remarks>
/// A waiter reads the word, looks whether there is something to do, and waits with the value that it read: a change in
/// between is not missed. All members may be called from any thread and allocate nothing. The word must not move: it lies
/// in a mapping or in a pinned array.
/// </remarks>
public static unsafe class SharedSignal
{
    private const int Wake = 1;
    private const int WaitUntilChanged = 0;

    private static readonly nint s_call = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 98 : 202;

    /// <summary>Changes the word and wakes everybody who waits for that.</summary>
    /// <param name="word">The word, 4-byte aligned.</param>
    public static void Raise(ref uint word)
    {
        Interlocked.Increment(ref word);
        _ = Libc.SystemCall(s_call, (nint)Unsafe.AsPointer(ref word), Wake, int.MaxValue, 0);
    }

    /// <summary>Waits until the word has another value; may also return without a cause.</summary>
    /// <param name="word">The word, 4-byte aligned.</param>
    /// <param name="seen">The value that was read before.</param>
    /// <param name="nanoseconds">The longest wait; negative waits without a limit.</param>
    /// <returns>False when the time was up.</returns>
    /// <exception cref="LinuxException">The word is not memory any more.</exception>
    public static bool Wait(ref uint word, uint seen, long nanoseconds)
    {
        TimeSpecification limit = new(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        nint timeout = nanoseconds < 0 ? 0 : (nint)(&limit);
        IoResult result = IoResult.Capture(Libc.SystemCall(s_call, (nint)Unsafe.AsPointer(ref word), WaitUntilChanged, (nint)seen, timeout));
        return result.Error switch
        {
            Errno.ETIMEDOUT => false,
            Errno.None or Errno.EAGAIN or Errno.EINTR => true,
            Errno error => throw new LinuxException("futex", error, "shared word"),
        };
    }
}

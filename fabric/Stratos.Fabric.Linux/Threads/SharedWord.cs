using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>
/// A 32-bit word in memory that several processes map, by which they wait for each other: the kernel's futex. It never
/// moves, so it lies in a <see cref="Mapping"/> or in pinned memory.
/// </summary>
public static unsafe class SharedWord
{
    private const int WaitOperation = 0;
    private const int WakeOperation = 1;

    // The one call of those that are made by number whose number differs.
    private static nint FutexCall => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 98 : 202;

    /// <summary>Sleeps while the word has a value. Returns for nothing at times, so the caller looks again.</summary>
    /// <param name="word">The word, aligned to 4 bytes.</param>
    /// <param name="seen">The value that the caller has dealt with; if the word has another, it returns at once.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> has no limit.</param>
    /// <returns>False if the time is over.</returns>
    /// <exception cref="LinuxException">The kernel refused: the memory is not there any more.</exception>
    public static bool Wait(ref uint word, uint seen, TimeSpan timeout)
    {
        TimeSpecification limit = TimeSpecification.From(timeout);
        nint limitAddress = timeout == Timeout.InfiniteTimeSpan ? 0 : (nint)(&limit);
        IoResult result = IoResult.Capture(Libc.SystemCall(FutexCall, Address(ref word), WaitOperation, (nint)seen, limitAddress));
        if (result.IsSuccess || result.Error is Errno.EAGAIN or Errno.EINTR) { return true; }
        return result.Error is Errno.ETIMEDOUT ? false : throw new LinuxException("futex", result.Error);
    }

    /// <summary>Adds one to the word and wakes everybody who waits for it to change, in whatever process. Any thread.</summary>
    public static void Advance(ref uint word)
    {
        // The atomic addition is a full fence: whoever sees the new value sees what was written before it.
        Interlocked.Increment(ref word);
        IoResult.Capture(Libc.SystemCall(FutexCall, Address(ref word), WakeOperation, int.MaxValue, 0)).OrThrow("futex");
    }

    private static nint Address(ref uint word) => (nint)Unsafe.AsPointer(ref word);
}

using System.Runtime.InteropServices;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Watchdog.Simulation;

/// <summary>A simulated reset line that counts, remembers the last cause, and can be cut. It outlives whoever pulls it.</summary>
public sealed class ResetBoard : IResetLine
{
    /// <summary>What <see cref="BoardMemory.Open"/> is told of the hardware.</summary>
    public const string Kind = "reset line";

    /// <summary>Bytes of a board.</summary>
    public const int Length = 3 * sizeof(ulong);

    private readonly BoardMemory _memory;

    /// <summary>Takes a board's memory, which it disposes.</summary>
    public ResetBoard(BoardMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _memory = memory;
    }

    /// <summary>How often the machine was reset.</summary>
    public long Resets => (long)Volatile.Read(ref Words[0]);

    /// <summary>Why it was reset last.</summary>
    public WatchdogCause LastCause => (WatchdogCause)Volatile.Read(ref Words[1]);

    /// <summary>Whether the line is cut: a reset fails.</summary>
    public bool IsCut
    {
        get => Volatile.Read(ref Words[2]) != 0;
        set => Volatile.Write(ref Words[2], value ? 1UL : 0);
    }

    private Span<ulong> Words => MemoryMarshal.Cast<byte, ulong>(_memory.Bytes);

    /// <summary>A line that only this process sees.</summary>
    public static ResetBoard Private() => new(BoardMemory.Private(Length));

    /// <summary>The line in a file, which is made if it is not there.</summary>
    /// <exception cref="ArgumentException">The file is something else; the message says what, and the remedy.</exception>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public static ResetBoard Open(string path) => new(BoardMemory.Open(path, Kind, Length));

    /// <inheritdoc/>
    public string? TryReset(WatchdogCause cause)
    {
        if (IsCut) { return "the reset line is cut"; }
        Volatile.Write(ref Words[1], (ulong)cause);
        Interlocked.Increment(ref Words[0]);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Gpio.Simulated;

/// <summary>
/// A bank of simulated lines, seen from outside: drive lines, look at them, wire them to each other, let them fail. The
/// device is at the other side, as a <see cref="GpioBankPort"/> on the same file, in this process or another.
/// </summary>
/// <remarks>
/// Any thread, any process. Each line's level, directions and number of transitions change as one, so a line's edges are
/// counted exactly, whoever dies when.
/// </remarks>
public sealed class GpioBank : IDisposable
{
    private const int HeaderWords = 8;
    private const int LineWords = 8;
    private const int IdentityAt = 0;
    private const int NewsAt = 1;
    private const int MostWires = 8;

    private readonly BoardMemory _board;

    private GpioBank(BoardMemory board, int lines)
    {
        (_board, LineCount) = (board, lines);
        Interlocked.CompareExchange(ref Words[IdentityAt], BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()) | 1, 0);
    }

    private enum Field
    {
        Line,
        Acknowledged,
        Wire,
        Faults,
        Listening,
    }

    /// <summary>Number of lines.</summary>
    public int LineCount { get; }

    /// <summary>All that the bank keeps.</summary>
    internal Span<byte> Bytes => _board.Bytes;

    /// <summary>A number that no other bank has.</summary>
    internal ulong Identity => Words[IdentityAt];

    private Span<ulong> Words => MemoryMarshal.Cast<byte, ulong>(_board.Bytes);

    /// <summary>A bank that only this process sees.</summary>
    /// <param name="lines">Number of lines, 1 to <see cref="GpioDevice.MostLines"/>.</param>
    public static GpioBank Private(int lines) => new(BoardMemory.Private(LengthFor(lines)), lines);

    /// <summary>Opens the bank in a file, and makes it when the file is not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">Number of lines, 1 to <see cref="GpioDevice.MostLines"/>; that of the bank that is there.</param>
    /// <exception cref="ArgumentException">The file holds something else.</exception>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public static GpioBank Open(string path, int lines) => new(BoardMemory.Open(path, $"gpio {lines}", LengthFor(lines)), lines);

    /// <summary>Applies a level from outside. A line that the device drives keeps the device's.</summary>
    public void Drive(int line, bool level)
    {
        for (BankLine before = Read(line); !TryChange(line, before, before.WithOutside(level)); before = Read(line)) { }
        Spread(line);
        _board.Announce();
    }

    /// <summary>Looks at a line.</summary>
    public GpioLineView Inspect(int line)
    {
        ulong acknowledged = Volatile.Read(ref Word(line, Field.Acknowledged));
        BankLine state = Read(line);
        return new(
            state.Direction, state.Level, state.Outside, state.Transitions,
            (GpioInterruptType)Volatile.Read(ref Word(line, Field.Listening)), acknowledged == 0 ? null : acknowledged - 1);
    }

    /// <summary>Connects a line to another one: the other's outside follows its level.</summary>
    public void Wire(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)to, (uint)LineCount);
        Volatile.Write(ref Word(from, Field.Wire), (ulong)to + 1);
        Spread(from);
        _board.Announce();
    }

    /// <summary>Lets the device's next operations on a line fail.</summary>
    /// <param name="line">The line.</param>
    /// <param name="operations">How many; 0 mends it.</param>
    /// <param name="error">With what.</param>
    public void Fail(int line, uint operations, Errno error = Errno.EIO) =>
        Volatile.Write(ref Word(line, Field.Faults), ((ulong)operations << 32) | (uint)error);

    /// <summary>Waits until the device has done something that makes a condition true.</summary>
    /// <returns>False if it is not true in time.</returns>
    public bool WaitUntil(Func<bool> condition, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            uint seen = Volatile.Read(ref News);
            if (condition()) { return true; }
            TimeSpan left = timeout - Stopwatch.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero) { return false; }
            SharedWord.Wait(ref News, seen, left);
        }
    }

    /// <summary>Drives a number of edges, each when the driver has taken note of the one before and listens again: none is merged.</summary>
    /// <param name="line">A line that the device listens to.</param>
    /// <param name="edges">How many changes of level.</param>
    /// <param name="patience">How long the driver may take for each.</param>
    /// <returns>How many were driven; fewer than asked for if the driver's patience ended.</returns>
    public int DriveEdges(int line, int edges, TimeSpan patience)
    {
        for (int done = 0; done < edges; done++)
        {
            if (!WaitUntil(() => Inspect(line).IsAcknowledged, patience)) { return done; }
            Drive(line, !Read(line).Outside);
        }
        return WaitUntil(() => Inspect(line).IsAcknowledged, patience) ? edges : edges - 1;
    }

    /// <summary>Lets go of the bank; a bank in a file stays there.</summary>
    public void Dispose() => _board.Dispose();

    /// <summary>The device puts a line into or out of use.</summary>
    internal void SetDirection(int line, GpioDirection direction, bool level)
    {
        for (BankLine before = Read(line); !TryChange(line, before, before.WithDirection(direction, level)); before = Read(line)) { }
        OnDeviceChanged(line);
    }

    /// <summary>The device drives a line.</summary>
    internal void Write(int line, bool level)
    {
        for (BankLine before = Read(line); !TryChange(line, before, before.WithDriven(level)); before = Read(line)) { }
        OnDeviceChanged(line);
    }

    /// <summary>A line as it is now.</summary>
    internal BankLine Read(int line) => new(Volatile.Read(ref Word(line, Field.Line)));

    /// <summary>The device says what it listens to.</summary>
    internal void Listen(int line, GpioInterruptType type)
    {
        Volatile.Write(ref Word(line, Field.Acknowledged), 0);
        Volatile.Write(ref Word(line, Field.Listening), (ulong)type);
        SharedWord.Advance(ref News);
    }

    /// <summary>The driver has taken note of a number of transitions.</summary>
    internal void Acknowledge(int line, ulong transitions)
    {
        ref ulong known = ref Word(line, Field.Acknowledged);
        // Zero is for a line that was not unmasked yet.
        if (Volatile.Read(ref known) == transitions + 1) { return; }
        Volatile.Write(ref known, transitions + 1);
        SharedWord.Advance(ref News);
    }

    /// <summary>The error that the device's next operation on a line is to meet.</summary>
    internal Errno TakeFault(int line)
    {
        ref ulong faults = ref Word(line, Field.Faults);
        ulong before = Volatile.Read(ref faults);
        while (before >> 32 != 0)
        {
            ulong seen = Interlocked.CompareExchange(ref faults, before - (1UL << 32), before);
            if (seen == before) { return (Errno)(uint)before; }
            before = seen;
        }
        return Errno.None;
    }

    /// <summary>See <see cref="BoardMemory.Changes"/>.</summary>
    internal uint Changes => _board.Changes;

    /// <summary>Waits until something outside has changed.</summary>
    internal void WaitForChange(uint seen) => _board.WaitForChange(seen, Timeout.InfiniteTimeSpan);

    /// <summary>Wakes whoever waits for a change.</summary>
    internal void Announce() => _board.Announce();

    // A whole word of 64 bits is there for the futex's 32.
    private ref uint News => ref MemoryMarshal.Cast<ulong, uint>(Words.Slice(NewsAt, 1))[0];

    private static int LengthFor(int lines)
    {
        if (lines is < 1 or > GpioDevice.MostLines) { throw new ArgumentException($"bank: a bank has 1 to {GpioDevice.MostLines} lines, not {lines}."); }
        return (HeaderWords + (lines * LineWords)) * sizeof(ulong);
    }

    private void OnDeviceChanged(int line)
    {
        if (Spread(line)) { _board.Announce(); }
        SharedWord.Advance(ref News);
    }

    // Along the wires, also where nothing has changed: whoever made the last change may have died before it came to this.
    private bool Spread(int line)
    {
        int wires = 0;
        for (; wires < MostWires && Volatile.Read(ref Word(line, Field.Wire)) is > 0 and var target; wires++)
        {
            int next = (int)(target - 1);
            BankLine source, before;
            do
            {
                (source, before) = (Read(line), Read(next));
            }
            while (!TryChange(next, before, before.WithOutside(source.Level)) || Read(line).Level != source.Level);
            line = next;
        }
        return wires > 0;
    }

    private bool TryChange(int line, BankLine before, BankLine after) =>
        Interlocked.CompareExchange(ref Word(line, Field.Line), after.Word, before.Word) == before.Word;

    private ref ulong Word(int line, Field field)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)line, (uint)LineCount);
        return ref Words[HeaderWords + (line * LineWords) + (int)field];
    }
}

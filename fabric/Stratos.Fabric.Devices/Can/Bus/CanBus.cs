using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>
/// A simulated CAN bus that joins any number of processes: guests' devices, whoever serves them at the time, tests, tools.
/// It has arbitration by identifier, bit timing, fault confinement with bus-off, and errors on demand.
/// </summary>
/// <remarks>
/// <para>The bus lies on a <see cref="BoardMemory"/> and belongs to nobody: whoever is on it moves it, under a lock that ends
/// with its holder. Everything there is consistent between any two stores, so the death of any process neither stops the
/// bus nor makes it forget or repeat a frame; what a dead station had offered is still sent, as by a real controller.</para>
/// <para>All members may be called from any thread.</para>
/// </remarks>
public sealed class CanBus : IDisposable
{
    private readonly BoardMemory _memory;
    private readonly BusArbiter _arbiter;
    private readonly TimeProvider _time;
    private readonly long _nanosecondsPerTick;

    internal CanBus(BoardMemory memory, CanBitTiming timing, TimeProvider? time = null, Action? probe = null)
    {
        (_memory, Timing, _time, Probe) = (memory, timing, time ?? TimeProvider.System, probe);
        _nanosecondsPerTick = 1_000_000_000 / _time.TimestampFrequency;
        Board = new BusBoard(memory);
        _arbiter = new BusArbiter(Board, timing, probe);
        Interlocked.CompareExchange(ref Board.Header.Identity, RandomIdentity(), 0);
    }

    /// <summary>Stations that a bus has room for.</summary>
    public static int MaxStations => BusBoard.Stations;

    /// <summary>Frames that the bus remembers, and that can wait for a station which does not read.</summary>
    public static int LogLength => BusBoard.LogLength;

    /// <summary>How fast the bus is.</summary>
    public CanBitTiming Timing { get; }

    /// <summary>Names the board's memory; another after the board was lost.</summary>
    public ulong Identity => Board.Header.Identity;

    /// <summary>Frames that have ever been on the bus; positions in its log are below this.</summary>
    public ulong Head => Volatile.Read(ref Board.Header.Head);

    /// <summary>Whether a frame waits until another station is there to acknowledge it, as on a wire; false at first.</summary>
    public bool NeedsAcknowledgement
    {
        get => Volatile.Read(ref Board.Header.NeedsAcknowledgement) != 0;
        set
        {
            Volatile.Write(ref Board.Header.NeedsAcknowledgement, value ? 1UL : 0);
            Raise();
        }
    }

    internal BusBoard Board { get; }

    internal Action? Probe { get; }

    /// <summary>Nanoseconds of the bus's clock, which is the same for all processes of a machine.</summary>
    internal long Now => _time.GetTimestamp() * _nanosecondsPerTick;

    /// <summary>A bus within this process.</summary>
    public static CanBus Private(CanBitTiming timing, TimeProvider? time = null) =>
        new(BoardMemory.Private(BusBoard.Length), timing, time);

    /// <summary>Opens the bus in a file, and makes it when the file is not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="timing">How fast it is; the same for everybody on it.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    /// <exception cref="ArgumentException">The file is something else, or a bus of another speed.</exception>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public static CanBus Open(string path, CanBitTiming timing, TimeProvider? time = null)
    {
        string kind = string.Create(CultureInfo.InvariantCulture, $"can {timing.Nominal}/{timing.Data}");
        BoardMemory memory = BoardMemory.Open(path, kind, BusBoard.Length);
        try
        {
            return new(memory, timing, time);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Joins the bus as a station that is not started yet, or goes on as one that was there.</summary>
    /// <param name="name">The station's name: 1 to 32 ASCII characters. One process at a time uses a name.</param>
    /// <exception cref="ArgumentException">The name cannot be used, or the bus is full.</exception>
    public CanStation Join(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > StationRecord.LongestName || !name.All(static c => c is > ' ' and < (char)127))
        {
            throw new ArgumentException($"station: '{name}' is not a name. Use 1 to {StationRecord.LongestName} ASCII characters without spaces.");
        }
        Enter();
        try
        {
            return new CanStation(this, FindPlace(name), name);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>The stations, as they are now.</summary>
    public IReadOnlyList<CanStationStatus> Stations =>
        [.. Enumerable.Range(0, BusBoard.Stations).Where(Board.IsTaken).Select(place => CanStationStatus.Read(Board, place, NameAt(place)))];

    /// <summary>Reads the log: a frame that was on the bus, with its sender's name. False if it is not there yet, or not any more.</summary>
    /// <param name="position">From <see cref="Head"/> - <see cref="LogLength"/> to <see cref="Head"/> - 1.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="sender">Who sent it.</param>
    public bool TryRead(ulong position, out CanFrame frame, out string sender)
    {
        (frame, sender) = (default, "");
        if (position >= Head) { return false; }
        CanLogEntry entry = Board.Log(position);
        // The entry is older than the head that is looked at next: if there is room between them, nobody wrote to it.
        Interlocked.MemoryBarrier();
        if (Head - position > BusBoard.LogLength - 1) { return false; }
        (frame, sender) = (entry.Frame, NameAt((int)entry.Sender));
        return true;
    }

    /// <summary>Lets the next transmissions on the bus be destroyed, whoever sends; each is repeated by its controller.</summary>
    public void InjectErrors(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Enter();
        Board.Header.ErrorsToInject += (ulong)count;
        Exit();
    }

    /// <summary>Does everything that was due on the bus.</summary>
    /// <returns>When there is something to do by itself again, in nanoseconds of the bus's clock; <see cref="long.MaxValue"/> for never.</returns>
    internal long Step()
    {
        Enter();
        long next = StepAndExit(out bool moved);
        if (moved) { Raise(); }
        return next;
    }

    /// <summary>Does everything that was due if nobody else is at it, and tells everybody in any case.</summary>
    internal void TryStep()
    {
        if (_memory.TryEnter(TimeSpan.Zero)) { StepAndExit(out _); }
        Raise();
    }

    /// <summary>Changes the bus under its lock and then does what is due.</summary>
    internal void Change<TArgument>(TArgument argument, Action<TArgument> change)
    {
        Enter();
        try
        {
            _arbiter.Repair();
            change(argument);
        }
        catch
        {
            Exit();
            throw;
        }
        StepAndExit(out _);
        Raise();
    }

    /// <summary>Cancels what a stopped station has offered. Under the lock.</summary>
    internal void CancelIfStopped(int place) => _arbiter.CancelIfStopped(place);

    /// <summary>Wakes everybody who waits for the bus.</summary>
    internal void Raise() => SharedWord.Advance(ref Board.Header.Signal);

    /// <summary>What to hand to <see cref="Wait"/>; read it before looking for work.</summary>
    internal uint Signal => Volatile.Read(ref Board.Header.Signal);

    /// <summary>Waits until something happens on the bus, or until a moment.</summary>
    internal void Wait(uint seen, long until) =>
        SharedWord.Wait(ref Board.Header.Signal, seen, until == BusArbiter.Never ? Timeout.InfiniteTimeSpan : TimeSpan.FromMicroseconds(Math.Max(0, until - Now) / 1000.0));

    /// <summary>Leaves the bus; it goes on.</summary>
    public void Dispose() => _memory.Dispose();

    private static ulong RandomIdentity()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1;
    }

    private long StepAndExit(out bool moved)
    {
        moved = false;
        try
        {
            return _arbiter.Step(Now, ref moved);
        }
        finally
        {
            Exit();
        }
    }

    private void Enter() => _memory.Enter();

    private void Exit() => _memory.Exit();

    private int FindPlace(string name)
    {
        int free = -1;
        for (int place = 0; place < BusBoard.Stations; place++)
        {
            if (!Board.IsTaken(place)) { free = free < 0 ? place : free; }
            else if (NameAt(place) == name) { return place; }
        }
        if (free < 0) { throw new ArgumentException($"station: the bus has no room for '{name}' beside its {BusBoard.Stations} stations. Use one of their names, or another board."); }
        Span<byte> bytes = Board.Station(free).Name;
        bytes.Clear();
        Encoding.ASCII.GetBytes(name.AsSpan(1), bytes[1..]);
        // The first character is what takes the place.
        Volatile.Write(ref bytes[0], (byte)name[0]);
        return free;
    }

    private string NameAt(int place)
    {
        ReadOnlySpan<byte> bytes = Board.Station(place).Name;
        int end = bytes.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

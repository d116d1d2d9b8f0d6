using System.Text;
using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.Simulation;

/// <summary>The board of a simulated bus: its chips' memory, the log of what is not final, the register of its clients' transfers.</summary>
internal sealed class ChipBoard : IDisposable
{
    private static readonly TimeSpan s_scriptPatience = TimeSpan.FromSeconds(1);

    private const int PowerLength = 8;
    private const int LogOfBus = 4096;
    private const int LogOfChip = 1024;
    private const int RegisterAt = PowerLength;
    private const int FaultsAt = RegisterAt + TransferRegister.Length;
    private const int LogAt = FaultsAt + FaultTable.Length;

    private readonly BoardMemory _memory;
    private readonly BoardTransaction _transaction;
    private readonly TransferRegister _register;
    private readonly SimulatedChip[] _chips;

    /// <summary>Puts chips on a board's memory, which it disposes, and powers them on if it is new.</summary>
    public ChipBoard(BoardMemory memory, SimulatedChip[] chips)
    {
        (_memory, _chips) = (memory, chips);
        _transaction = new(memory, LogAt, LogLength(chips.Length));
        _register = new(_transaction, RegisterAt);
        Faults = new(_transaction, FaultsAt, Exclusively);
        int at = LogAt + LogLength(chips.Length);
        foreach (SimulatedChip chip in chips)
        {
            chip.PutOn(_transaction, at, Exclusively);
            at += Aligned(chip.StateLength);
        }
        if (!Exclusively(PowerOn)) { throw Held(); }
    }

    /// <summary>The faults that are injected.</summary>
    public FaultTable Faults { get; }

    /// <summary>Called between any two stores of a transfer; for tests that let the process die there.</summary>
    public Action? Probe
    {
        set => _transaction.Probe = value;
    }

    /// <summary>A board that only this process knows.</summary>
    public static ChipBoard Private(SimulatedChip[] chips) => new(BoardMemory.Private(LengthOf(chips)), chips);

    /// <summary>The board in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bus">The kind of bus, a few letters.</param>
    /// <param name="chips">The chips.</param>
    public static ChipBoard Open(string path, string bus, SimulatedChip[] chips) => new(BoardMemory.Open(path, Kind(bus, chips), LengthOf(chips)), chips);

    /// <summary>Why a board could not be had.</summary>
    public static TimeoutException Held() => new("The board of a simulated bus is held by somebody else; look for a process that is stopped.");

    /// <summary>Takes the board, as it was before whatever its last owner left unfinished.</summary>
    public bool Enter(TimeSpan limit)
    {
        if (!_memory.TryEnter(limit)) { return false; }
        _transaction.Rollback();
        Settle();
        return true;
    }

    /// <summary>Makes a transfer and its result final.</summary>
    public void Commit(TransferId id, int completed)
    {
        _register.Note(id, completed);
        _transaction.Commit();
        Settle();
    }

    /// <summary>Gives the board back. Of something that failed in the middle nothing stays.</summary>
    public void Exit()
    {
        _transaction.Rollback();
        _memory.Exit();
    }

    /// <summary>Runs something between two transfers; false if the board was not to be had for a second.</summary>
    public bool Exclusively(Action action)
    {
        if (!Enter(s_scriptPatience)) { return false; }
        try
        {
            action();
            _transaction.Commit();
            Settle();
            return true;
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Makes a client known.</summary>
    public void Join(ulong client)
    {
        if (!Exclusively(() => _register.Join(client))) { throw Held(); }
    }

    /// <summary>What became of a transfer.</summary>
    public TransferFate Recall(TransferId id)
    {
        TransferFate fate = TransferFate.Unknown;
        return Exclusively(() => fate = _register.Recall(id)) ? fate : TransferFate.Unknown;
    }

    /// <summary>Copies the board and returns what puts the copy back: all that outlives a process.</summary>
    public Action Save()
    {
        byte[] bytes = _memory.Bytes.ToArray();
        return () => bytes.CopyTo(_memory.Bytes);
    }

    /// <summary>The same board with another owner's chips.</summary>
    public ChipBoard Again(SimulatedChip[] chips) => new(_memory, chips);

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private static int Aligned(int length) => (length + 7) & ~7;

    private static int LogLength(int chips) => LogOfBus + (chips * LogOfChip);

    private static int LengthOf(SimulatedChip[] chips) => LogAt + LogLength(chips.Length) + chips.Sum(static chip => Aligned(chip.StateLength));

    /// <summary>The name of the board: short, and another for other chips (by an FNV-1a hash).</summary>
    private static string Kind(string bus, SimulatedChip[] chips)
    {
        uint hash = 2166136261;
        foreach (byte letter in Encoding.UTF8.GetBytes(string.Join('+', chips.Select(static chip => $"{chip.Model}@{chip.Place}"))))
        {
            hash = (hash ^ letter) * 16777619;
        }
        return $"{bus} {chips.Length} chips {hash:x8}";
    }

    private Span<byte> StateOf(int at, SimulatedChip chip) => _memory.Bytes.Slice(at, chip.StateLength);

    private void Settle()
    {
        int at = LogAt + LogLength(_chips.Length);
        foreach (SimulatedChip chip in _chips)
        {
            chip.Settle(StateOf(at, chip));
            at += Aligned(chip.StateLength);
        }
    }

    private void PowerOn()
    {
        // Not logged: a board that did not get so far is powered on again from the beginning.
        Span<byte> power = _memory.Bytes[..PowerLength];
        if (power[0] != 0) { return; }
        int at = LogAt + LogLength(_chips.Length);
        foreach (SimulatedChip chip in _chips)
        {
            chip.PowerOn(StateOf(at, chip));
            at += Aligned(chip.StateLength);
        }
        Volatile.Write(ref power[0], 1);
    }
}

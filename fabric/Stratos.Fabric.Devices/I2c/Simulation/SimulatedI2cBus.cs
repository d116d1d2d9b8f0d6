using System.Text;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>
/// A bus of simulated chips on a <see cref="BoardMemory"/>. Any number of devices, in one process or in several, may use
/// the same bus by opening the same board; transfers come one at a time, and each happens once and whole, whoever dies.
/// </summary>
public sealed class SimulatedI2cBus : II2cPort
{
    /// <summary>How long a master waits for another one's transfer before its own fails as <see cref="I2cFault.TimedOut"/>.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_scriptPatience = TimeSpan.FromSeconds(1);

    private const int PowerLength = 8;
    private const int LogOfBus = 4096;
    private const int LogOfChip = 1024;
    private const int RegisterAt = PowerLength;
    private const int FaultsAt = RegisterAt + TransferRegister.Length;
    private const int LogAt = FaultsAt + I2cFaultInjector.Length;

    private readonly BoardMemory _board;
    private readonly BoardTransaction _transaction;
    private readonly TransferRegister _register;
    private readonly I2cChip[] _chips;
    private readonly bool[] _isSelected;

    private SimulatedI2cBus(BoardMemory board, I2cChip[] chips)
    {
        (_board, _chips, _isSelected) = (board, chips, new bool[chips.Length]);
        _transaction = new(board, LogAt, LogLength(chips.Length));
        _register = new(_transaction, RegisterAt);
        Faults = new(_transaction, FaultsAt, action => Exclusively(action, s_scriptPatience));
        int at = LogAt + LogLength(chips.Length);
        foreach (I2cChip chip in chips)
        {
            chip.Place(_transaction, at, action => Exclusively(action, s_scriptPatience));
            at += Aligned(chip.StateLength);
        }
        PowerOn();
    }

    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <summary>The chips.</summary>
    public IReadOnlyList<I2cChip> Chips => _chips;

    /// <summary>Faults for tests and drills.</summary>
    public I2cFaultInjector Faults { get; }

    /// <summary>Called between any two stores of a transfer; for tests that let the process die there.</summary>
    internal Action? Probe
    {
        set => _transaction.Probe = value;
    }

    /// <summary>A bus that only this object knows and that is gone with it.</summary>
    /// <exception cref="ArgumentException">Two chips answer to one address.</exception>
    public static SimulatedI2cBus Private(params I2cChip[] chips)
    {
        Check(chips);
        return new(BoardMemory.Private(BoardLength(chips)), chips);
    }

    /// <summary>A bus whose board is a file, which outlives this process and which others may open too, with the same chips.</summary>
    /// <exception cref="ArgumentException">The file is another bus's, or two chips answer to one address.</exception>
    public static SimulatedI2cBus Open(string path, params I2cChip[] chips)
    {
        Check(chips);
        return new(BoardMemory.Open(path, BoardKind(chips), BoardLength(chips)), chips);
    }

    /// <inheritdoc/>
    public void Join(ulong client)
    {
        if (!Exclusively(() => _register.Join(client), s_scriptPatience)) { throw new TimeoutException("The board of the I2C bus is held by somebody else; look for a process that is stopped."); }
    }

    /// <inheritdoc/>
    public I2cResult Transfer(TransferId id, ReadOnlySpan<I2cMessage> messages, Action<I2cResult> deliver)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        if (!Enter(s_patience))
        {
            I2cResult busy = new(0, I2cFault.TimedOut);
            deliver(busy);
            return busy;
        }
        try
        {
            I2cResult result = Play(messages);
            _register.Note(id, result.Completed);
            deliver(result);
            _transaction.Commit();
            return result;
        }
        finally
        {
            Exit();
        }
    }

    /// <inheritdoc/>
    public TransferFate Recall(TransferId id)
    {
        if (!Enter(s_scriptPatience)) { return TransferFate.Unknown; }
        try
        {
            return _register.Recall(id);
        }
        finally
        {
            Exit();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _board.Dispose();

    /// <summary>Copies the board and returns what puts the copy back: all that outlives a process.</summary>
    internal Action Save()
    {
        byte[] bytes = _board.Bytes.ToArray();
        return () => bytes.CopyTo(_board.Bytes);
    }

    /// <summary>The same bus for another owner of a private board, as another process would open it.</summary>
    internal SimulatedI2cBus Again(params I2cChip[] chips) => new(_board, chips);

    private static void Check(I2cChip[] chips)
    {
        for (int i = 0; i < chips.Length; i++)
        {
            I2cChip? other = chips.Take(i).FirstOrDefault(chip => chip.Answers(chips[i].Address) || chips[i].Answers(chip.Address));
            if (other is not null) { throw new ArgumentException($"The {chips[i].Model} at {chips[i].Address} and the {other.Model} at {other.Address} answer to the same address. Move one of them."); }
        }
    }

    private static int Aligned(int length) => (length + 7) & ~7;

    private static int LogLength(int chips) => LogOfBus + (chips * LogOfChip);

    private static int BoardLength(I2cChip[] chips) => LogAt + LogLength(chips.Length) + chips.Sum(static chip => Aligned(chip.StateLength));

    /// <summary>The name of the board: short, and another for other chips (by an FNV-1a hash).</summary>
    private static string BoardKind(I2cChip[] chips)
    {
        uint hash = 2166136261;
        foreach (byte letter in Encoding.UTF8.GetBytes(string.Join('+', chips.Select(static chip => $"{chip.Model}@{chip.Address}"))))
        {
            hash = (hash ^ letter) * 16777619;
        }
        return $"i2c {chips.Length} chips {hash:x8}";
    }

    private void PowerOn()
    {
        bool done = Exclusively(
            () =>
            {
                // Not logged: a board that did not get so far is powered on again from the beginning.
                Span<byte> power = _board.Bytes[..PowerLength];
                if (power[0] != 0) { return; }
                int at = LogAt + LogLength(_chips.Length);
                foreach (I2cChip chip in _chips)
                {
                    chip.PowerOn(_board.Bytes.Slice(at, chip.StateLength));
                    at += Aligned(chip.StateLength);
                }
                Volatile.Write(ref power[0], 1);
            },
            s_scriptPatience);
        if (!done) { throw new TimeoutException("The board of the I2C bus is held by somebody else; look for a process that is stopped."); }
    }

    private I2cResult Play(ReadOnlySpan<I2cMessage> messages)
    {
        int completed = 0;
        I2cFault fault = I2cFault.None;
        foreach (I2cMessage message in messages)
        {
            fault = Play(message);
            if (fault is not I2cFault.None) { break; }
            completed++;
        }
        for (int i = 0; i < _chips.Length; i++)
        {
            if (_isSelected[i]) { _chips[i].Stop(); }
            _isSelected[i] = false;
        }
        return new(completed, fault);
    }

    private I2cFault Play(I2cMessage message)
    {
        Span<byte> data = message.Data.Span;
        (I2cFault injected, int after) = Faults.Take(message.Address);
        if (injected is not I2cFault.None && after == 0) { return injected; }
        int index = 0;
        while (index < _chips.Length && !_chips[index].Answers(message.Address)) { index++; }
        if (index == _chips.Length) { return I2cFault.AddressNotAcknowledged; }
        I2cChip target = _chips[index];
        if (!target.Start(message.Address.Value - target.Address.Value, message.IsRead)) { return I2cFault.AddressNotAcknowledged; }
        _isSelected[index] = true;
        for (int i = 0; i < data.Length; i++)
        {
            if (injected is not I2cFault.None && i + 1 == after) { return injected; }
            if (message.IsRead) { data[i] = target.Read(); }
            else if (!target.Write(data[i])) { return I2cFault.DataNotAcknowledged; }
        }
        return I2cFault.None;
    }

    private bool Exclusively(Action action, TimeSpan limit)
    {
        if (!Enter(limit)) { return false; }
        try
        {
            action();
            _transaction.Commit();
            return true;
        }
        finally
        {
            Exit();
        }
    }

    private bool Enter(TimeSpan limit)
    {
        if (!_board.TryEnter(limit)) { return false; }
        _transaction.Rollback();
        return true;
    }

    private void Exit()
    {
        // Of something that failed in the middle nothing stays.
        _transaction.Rollback();
        _board.Exit();
    }
}

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

    private readonly ChipBoard _board;
    private readonly I2cChip[] _chips;
    private readonly bool[] _isSelected;

    private SimulatedI2cBus(ChipBoard board, I2cChip[] chips)
    {
        (_board, _chips, _isSelected) = (board, chips, new bool[chips.Length]);
        Faults = new(board.Faults);
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
        set => _board.Probe = value;
    }

    /// <summary>A bus that only this object knows and that is gone with it.</summary>
    /// <exception cref="ArgumentException">Two chips answer to one address.</exception>
    public static SimulatedI2cBus Private(params I2cChip[] chips)
    {
        Check(chips);
        return new(ChipBoard.Private(chips), chips);
    }

    /// <summary>A bus whose board is a file, which outlives this process and which others may open too, with the same chips.</summary>
    /// <exception cref="ArgumentException">The file is another bus's, or two chips answer to one address.</exception>
    public static SimulatedI2cBus Open(string path, params I2cChip[] chips)
    {
        Check(chips);
        return new(ChipBoard.Open(path, "i2c", chips), chips);
    }

    /// <inheritdoc/>
    public void Join(ulong client) => _board.Join(client);

    /// <inheritdoc/>
    public I2cResult Transfer(TransferId id, ReadOnlySpan<I2cMessage> messages, Action<I2cResult> deliver)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        if (!_board.Enter(s_patience))
        {
            I2cResult busy = new(0, I2cFault.TimedOut);
            deliver(busy);
            return busy;
        }
        try
        {
            I2cResult result = Play(messages);
            deliver(result);
            _board.Commit(id, result.Completed);
            return result;
        }
        finally
        {
            _board.Exit();
        }
    }

    /// <inheritdoc/>
    public TransferFate Recall(TransferId id) => _board.Recall(id);

    /// <inheritdoc/>
    public void Dispose() => _board.Dispose();

    /// <summary>Copies the board and returns what puts the copy back: all that outlives a process.</summary>
    internal Action Save() => _board.Save();

    /// <summary>The same bus for another owner of a private board, as another process would open it.</summary>
    internal SimulatedI2cBus Again(params I2cChip[] chips) => new(_board.Again(chips), chips);

    private static void Check(I2cChip[] chips)
    {
        for (int i = 0; i < chips.Length; i++)
        {
            I2cChip? other = chips.Take(i).FirstOrDefault(chip => chip.Answers(chips[i].Address) || chips[i].Answers(chip.Address));
            if (other is not null) { throw new ArgumentException($"The {chips[i].Model} at {chips[i].Address} and the {other.Model} at {other.Address} answer to the same address. Move one of them."); }
        }
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
}

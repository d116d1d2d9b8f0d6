using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.Spi.Simulation;

/// <summary>
/// A controller with simulated chips on a <see cref="BoardMemory"/>. Any number of devices, in one process or in several,
/// may use the same chips by opening the same board; transfers come one at a time, and each happens once and whole, whoever
/// dies. It keeps no time: clock rates and delays are accepted and not waited for.
/// </summary>
public sealed class SimulatedSpiBus : ISpiPort
{
    private const uint BytewiseWords = 1u << 7 | 1u << 15 | 1u << 31;
    private const SpiLanes AllLanes = SpiLanes.Dual | SpiLanes.Quad | SpiLanes.Octal;

    /// <summary>How long a transfer waits for another device's before it fails.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);

    private readonly ChipBoard _board;
    private readonly SpiChip[] _chips;
    private byte[] _reversed = new byte[256];

    private SimulatedSpiBus(ChipBoard board, SpiChip[] chips)
    {
        (_board, _chips) = (board, chips);
        Faults = new(board.Faults);
        Capabilities = new()
        {
            ChipSelects = (byte)(chips.Max(static chip => chip.ChipSelect) + 1),
            CanChangeChipSelect = true,
            WriteLanes = AllLanes,
            ReadLanes = AllLanes,
            BitsPerWord = BytewiseWords,
            Functions = SpiFunctions.All,
            MaxFrequency = 100_000_000,
            MaxWordDelay = 1_000_000,
            MaxSetupDelay = 1_000_000,
            MaxHoldDelay = 1_000_000,
            MaxInactiveDelay = 1_000_000,
        };
    }

    /// <inheritdoc/>
    public SpiCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <summary>The chips.</summary>
    public IReadOnlyList<SpiChip> Chips => _chips;

    /// <summary>Faults for tests and drills.</summary>
    public SpiFaultInjector Faults { get; }

    /// <summary>Called between any two stores of a transfer; for tests that let the process die there.</summary>
    internal Action? Probe
    {
        set => _board.Probe = value;
    }

    /// <summary>A controller that only this object knows and that is gone with it.</summary>
    /// <exception cref="ArgumentException">Two chips have one chip select, or there are none.</exception>
    public static SimulatedSpiBus Private(params SpiChip[] chips)
    {
        Check(chips);
        return new(ChipBoard.Private(chips), chips);
    }

    /// <summary>A controller whose board is a file, which outlives this process and which others may open too, with the same chips.</summary>
    /// <exception cref="ArgumentException">The file is another bus's, or two chips have one chip select, or there are none.</exception>
    public static SimulatedSpiBus Open(string path, params SpiChip[] chips)
    {
        Check(chips);
        return new(ChipBoard.Open(path, "spi", chips), chips);
    }

    /// <inheritdoc/>
    public void Join(ulong client) => _board.Join(client);

    /// <inheritdoc/>
    public bool Transfer(TransferId id, SpiSettings settings, ReadOnlySpan<byte> sent, Span<byte> received, Action<bool> deliver)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        if (!_board.Enter(s_patience))
        {
            deliver(false);
            return false;
        }
        try
        {
            bool succeeded = !Faults.Take(settings.ChipSelect);
            if (succeeded) { Play(settings, sent, received); }
            deliver(succeeded);
            _board.Commit(id, succeeded ? 1 : 0);
            return succeeded;
        }
        finally
        {
            _board.Exit();
        }
    }

    /// <inheritdoc/>
    public void Deselect(byte chipSelect)
    {
        bool done = _board.Exclusively(() =>
        {
            foreach (SpiChip chip in _chips)
            {
                if (chip.ChipSelect == chipSelect) { chip.Deselect(); }
            }
        });
        if (!done) { throw ChipBoard.Held(); }
    }

    /// <inheritdoc/>
    public TransferFate Recall(TransferId id) => _board.Recall(id);

    /// <inheritdoc/>
    public void Dispose() => _board.Dispose();

    /// <summary>Copies the board and returns what puts the copy back: all that outlives a process.</summary>
    internal Action Save() => _board.Save();

    /// <summary>The same controller for another owner of a private board, as another process would open it.</summary>
    internal SimulatedSpiBus Again(params SpiChip[] chips) => new(_board.Again(chips), chips);

    private static void Check(SpiChip[] chips)
    {
        if (chips.Length == 0) { throw new ArgumentException("A controller without chips has no chip select. Name one chip or more."); }
        IGrouping<byte, SpiChip>? shared = chips.GroupBy(static chip => chip.ChipSelect).FirstOrDefault(static group => group.Count() > 1);
        if (shared is not null) { throw new ArgumentException($"Chip select {shared.Key} is given to {shared.Count()} chips. Move one of them."); }
    }

    private void Play(SpiSettings settings, ReadOnlySpan<byte> sent, Span<byte> received)
    {
        SpiChip? chip = null;
        foreach (SpiChip candidate in _chips)
        {
            if (candidate.ChipSelect == settings.ChipSelect) { chip = candidate; }
        }
        if ((settings.Modes & SpiModes.Loopback) != 0)
        {
            if (sent.IsEmpty) { received.Clear(); }
            else if (!received.IsEmpty) { sent.CopyTo(received); }
        }
        else if (chip is null || !chip.Understands(settings))
        {
            // Nobody drives the line, or somebody who sees noise.
            received.Fill(0xFF);
        }
        else
        {
            Exchange(chip, settings, sent, received);
        }
        if (settings.ChangesChipSelect) { chip?.Deselect(); }
    }

    /// <summary>Hands a transfer to a chip, as the chip sees the bits: most significant first.</summary>
    private void Exchange(SpiChip chip, SpiSettings settings, ReadOnlySpan<byte> sent, Span<byte> received)
    {
        if ((settings.Modes & SpiModes.LeastSignificantFirst) == 0 || settings.BitsPerWord != 8)
        {
            chip.Exchange(settings, sent, received);
            return;
        }
        if (_reversed.Length < sent.Length) { _reversed = new byte[sent.Length]; }
        Span<byte> reversed = _reversed.AsSpan(0, sent.Length);
        sent.CopyTo(reversed);
        Reverse(reversed);
        chip.Exchange(settings, reversed, received);
        Reverse(received);
    }

    private static void Reverse(Span<byte> bytes)
    {
        foreach (ref byte value in bytes)
        {
            int reversed = 0;
            for (int bit = 0; bit < 8; bit++) { reversed = (reversed << 1) | (value >> bit & 1); }
            value = (byte)reversed;
        }
    }
}

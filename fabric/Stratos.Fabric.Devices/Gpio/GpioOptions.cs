using Stratos.Fabric.Devices.Gpio.Linux;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>How a GPIO device is set up.</summary>
public sealed record GpioOptions
{
    /// <summary>The default of <see cref="Latch"/>: what Linux keeps for a reader of a gpiochip.</summary>
    public const int DefaultLatch = 16;

    /// <summary>A gpiochip of this machine, such as <c>/dev/gpiochip0</c>; null for a simulated bank.</summary>
    public string? Chip { get; init; }

    /// <summary>The file of a simulated bank, which outlives the process and is seen by others; null for a bank of this process alone.</summary>
    public string? Board { get; init; }

    /// <summary>Lines of the simulated bank, 1 to <see cref="GpioDevice.MostLines"/>.</summary>
    public int Bank { get; init; } = 32;

    /// <summary>Lines of the bank that the guest gets, in its order; empty for all.</summary>
    public IReadOnlyList<int> Lines { get; init; } = [];

    /// <summary>Lines of the bank that the guest may not drive.</summary>
    public IReadOnlyList<int> ReadOnly { get; init; } = [];

    /// <summary>Names of the guest's lines, by its count.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Connections between lines of the simulated bank: the second's outside follows the first's level.</summary>
    public IReadOnlyList<(int From, int To)> Wires { get; init; } = [];

    /// <summary>How many edges of a masked line may wait, 1 to 65536; older ones are merged into one interrupt.</summary>
    public int Latch { get; init; } = DefaultLatch;

    /// <summary>Opens what the options name.</summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it and the remedy.</exception>
    public IGpioPort OpenPort()
    {
        if (Latch is < 1 or > 65536) { throw new ArgumentException($"latch: {Latch} is not 1 to 65536."); }
        IGpioPort port = Chip is null ? OpenBankPort() : OpenChip(Chip);
        try
        {
            return new GpioLineSelection(port, Lines, ReadOnly, Names);
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }

    private GpioChipPort OpenChip(string path)
    {
        if (Board is not null || Wires.Count > 0) { throw new ArgumentException("chip: a gpiochip has neither a board nor wires. Leave those out, or the chip."); }
        try
        {
            return new GpioChipPort(path);
        }
        catch (LinuxException failure)
        {
            throw new ArgumentException($"chip: '{path}' cannot be used ({failure.Message}). Name a device file such as /dev/gpiochip0 that may be read and written; gpiodetect lists them.", failure);
        }
    }

    private GpioBankPort OpenBankPort()
    {
        GpioBank bank = OpenBank();
        try
        {
            foreach ((int from, int to) in Wires)
            {
                if (from >= bank.LineCount || to >= bank.LineCount) { throw new ArgumentException($"wires: {from}:{to} names a line that the bank of {bank.LineCount} lines has not."); }
                bank.Wire(from, to);
            }
            return new GpioBankPort(bank);
        }
        catch
        {
            bank.Dispose();
            throw;
        }
    }

    private GpioBank OpenBank()
    {
        if (Board is null) { return GpioBank.Private(Bank); }
        try
        {
            return GpioBank.Open(Board, Bank);
        }
        catch (LinuxException failure)
        {
            throw new ArgumentException($"board: '{Board}' cannot be opened ({failure.Message}). Name a file in a folder that can be written.", failure);
        }
    }
}

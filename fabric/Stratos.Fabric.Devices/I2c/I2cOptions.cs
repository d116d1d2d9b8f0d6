using Stratos.Fabric.Devices.I2c.Simulation;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>How an I2C adapter device is set up. Exactly one of <see cref="Chips"/> and <see cref="Bus"/> says what it stands on.</summary>
public sealed record I2cOptions
{
    /// <summary>Chips of a simulated bus, as <see cref="I2cBusPlan"/> reads them.</summary>
    public string? Chips { get; init; }

    /// <summary>The file that is the simulated bus's board; null for memory that is gone with the serving process.</summary>
    public string? Board { get; init; }

    /// <summary>The host's bus: the number of its <c>/dev/i2c-N</c>.</summary>
    public int? Bus { get; init; }

    /// <summary>The addresses that the guest may use, as <see cref="I2cAccess"/> reads them; null for all.</summary>
    public string? Allow { get; init; }

    /// <summary>Checks every option against its range and the others.</summary>
    /// <exception cref="ArgumentException">One cannot be used; the message names it and the remedy.</exception>
    public void Validate()
    {
        Require((Chips is null) != (Bus is null), "chips, bus: give exactly one of them, to say what the bus is. For example chips=24c32@0x50+lm75@0x48.");
        Require(Board is null || Chips is not null, "board: only simulated chips have a board. Leave the option out, or use chips.");
        Require(Board is null || Board.Length > 0, "board: the path is empty. Name a file, on tmpfs or a disk.");
        Require(Bus is null or >= 0, "bus: use the number of a /dev/i2c-N of the host.");
    }

    /// <summary>Opens what the options name.</summary>
    /// <exception cref="ArgumentException">It cannot be used; the message names the option and the remedy.</exception>
    public II2cPort OpenPort()
    {
        Validate();
        if (Bus is { } bus) { return OpenBus(bus); }
        I2cChip[] chips = Named("chips", () => I2cBusPlan.Parse(Chips!));
        return Board is { } board ? Named("board", () => SimulatedI2cBus.Open(board, chips)) : Named("chips", () => SimulatedI2cBus.Private(chips));
    }

    /// <summary>The addresses that the guest may use.</summary>
    /// <exception cref="ArgumentException">The option is no list of addresses.</exception>
    public I2cAccess ReadAccess() => Allow is null ? I2cAccess.All : Named("allow", () => I2cAccess.Parse(Allow));

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) { throw new ArgumentException(otherwise); }
    }

    private static T Named<T>(string option, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException failure)
        {
            throw new ArgumentException($"{option}: {failure.Message}", failure);
        }
        catch (LinuxException failure)
        {
            throw new ArgumentException($"{option}: {failure.Message}. Name a file that this user may read and write.", failure);
        }
    }

    private static LinuxI2cPort OpenBus(int bus)
    {
        if (!File.Exists($"/dev/i2c-{bus}")) { throw new ArgumentException($"bus: there is no /dev/i2c-{bus}. Load the module i2c-dev, and see 'i2cdetect -l' for the host's buses."); }
        return new LinuxI2cPort(bus);
    }
}

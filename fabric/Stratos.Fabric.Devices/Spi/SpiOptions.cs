using Stratos.Fabric.Devices.Spi.Simulation;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Spi;

/// <summary>How an SPI controller device is set up.</summary>
public sealed record SpiOptions
{
    /// <summary>Chips of a simulated bus, as <see cref="SpiBusPlan"/> reads them.</summary>
    public string? Chips { get; init; }

    /// <summary>The file that is the simulated bus's board; null for memory that is gone with the serving process.</summary>
    public string? Board { get; init; }

    /// <summary>The chip selects that the guest may use, as <see cref="SpiAccess"/> reads them; null for all.</summary>
    public string? Allow { get; init; }

    /// <summary>Opens what the options name.</summary>
    /// <exception cref="ArgumentException">It cannot be used; the message names the option and the remedy.</exception>
    public ISpiPort OpenPort()
    {
        if (string.IsNullOrEmpty(Chips)) { throw new ArgumentException("chips: say which chips there are, for example chips=loopback@0+25c256@1+w25q32@2."); }
        if (Board is { Length: 0 }) { throw new ArgumentException("board: the path is empty. Name a file, on tmpfs or a disk."); }
        SpiChip[] chips = Named("chips", () => SpiBusPlan.Parse(Chips));
        return Board is { } board ? Named("board", () => SimulatedSpiBus.Open(board, chips)) : Named("chips", () => SimulatedSpiBus.Private(chips));
    }

    /// <summary>The chip selects that the guest may use.</summary>
    /// <exception cref="ArgumentException">The option is no list of numbers.</exception>
    public SpiAccess ReadAccess() => Allow is null ? SpiAccess.All : Named("allow", () => SpiAccess.Parse(Allow));

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
}

using Stratos.Fabric.Devices.Simulation;

namespace Stratos.Fabric.Devices.Spi.Simulation;

/// <summary>Something at one chip select of a simulated controller. Derive from it for a chip of your own.</summary>
/// <remarks>
/// A driver may send a message as several transfers without saying where it ends: Linux's does, and marks no transfer as
/// the last. A chip that knows commands finds their end by themselves; see <see cref="SpiCommandChip"/>.
/// </remarks>
public abstract class SpiChip : SimulatedChip
{
    /// <summary>Makes a chip.</summary>
    /// <param name="chipSelect">Its chip select.</param>
    /// <param name="stateLength">Bytes that it keeps on the board.</param>
    protected SpiChip(byte chipSelect, int stateLength) : base(stateLength) => ChipSelect = chipSelect;

    /// <summary>Its chip select.</summary>
    public byte ChipSelect { get; }

    internal override string Place => ChipSelect.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether the chip understands a transfer made so. One that does not sees noise: it does nothing and its line stays high.</summary>
    protected internal virtual bool Understands(SpiSettings settings) => true;

    /// <summary>A transfer while the chip is selected.</summary>
    /// <param name="settings">How it is made.</param>
    /// <param name="sent">What the master sends; empty if it sends nothing in particular.</param>
    /// <param name="received">What the master gets; empty if it does not look.</param>
    protected internal abstract void Exchange(SpiSettings settings, ReadOnlySpan<byte> sent, Span<byte> received);

    /// <summary>The chip is deselected.</summary>
    protected internal virtual void Deselect() { }
}

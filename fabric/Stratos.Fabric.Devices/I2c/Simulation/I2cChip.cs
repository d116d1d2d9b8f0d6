using Stratos.Fabric.Devices.Simulation;

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>
/// Something on a simulated bus: answers to one address or several, byte by byte. Derive from it for a chip of your own;
/// store what changed in <see cref="Stop"/>.
/// </summary>
public abstract class I2cChip : SimulatedChip
{
    /// <summary>Makes a chip.</summary>
    /// <param name="address">Its first address.</param>
    /// <param name="stateLength">Bytes that it keeps on the board.</param>
    /// <param name="addressCount">How many addresses it answers to, from the first on.</param>
    protected I2cChip(I2cAddress address, int stateLength, int addressCount = 1) : base(stateLength) => (Address, AddressCount) = (address, addressCount);

    /// <summary>The first address.</summary>
    public I2cAddress Address { get; }

    /// <summary>How many addresses it answers to.</summary>
    public int AddressCount { get; }

    internal override string Place => Address.ToString();

    /// <summary>Whether it answers to an address.</summary>
    public bool Answers(I2cAddress address) =>
        address.IsTenBit == Address.IsTenBit && address.Value >= Address.Value && address.Value < Address.Value + AddressCount;

    /// <summary>START, or a repeated START, with one of the chip's addresses.</summary>
    /// <param name="index">Which of its addresses, from 0.</param>
    /// <param name="isRead">Whether bytes are read; else written.</param>
    /// <returns>False to leave the address unacknowledged.</returns>
    protected internal abstract bool Start(int index, bool isRead);

    /// <summary>A byte from the master; false to leave it unacknowledged.</summary>
    protected internal abstract bool Write(byte value);

    /// <summary>A byte for the master.</summary>
    protected internal abstract byte Read();

    /// <summary>STOP: the transfer is over.</summary>
    protected internal virtual void Stop() { }
}

using Stratos.Fabric.Devices.Simulation;

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>
/// Something on a simulated bus: answers to one address or several, byte by byte, and keeps what it keeps on the board.
/// </summary>
/// <remarks>
/// <para>Derive from it for a chip of your own. The bus calls the protected members with the board taken, within a
/// transaction: what <see cref="Store"/> changes is final when the whole transfer is, and undone if the process dies before.
/// What the object itself holds between <see cref="Start"/> and <see cref="Stop"/> is of one transfer only; do not keep more
/// there, another process may serve the next one.</para>
/// <para>Chips store at most 512 bytes a transfer, best in <see cref="Stop"/>.</para>
/// </remarks>
public abstract class I2cChip
{
    private BoardTransaction? _board;
    private Func<Action, bool>? _exclusively;
    private int _at;

    /// <summary>Makes a chip.</summary>
    /// <param name="address">Its first address.</param>
    /// <param name="stateLength">Bytes that it keeps on the board.</param>
    /// <param name="addressCount">How many addresses it answers to, from the first on.</param>
    protected I2cChip(I2cAddress address, int stateLength, int addressCount = 1) => (Address, StateLength, AddressCount) = (address, stateLength, addressCount);

    /// <summary>The first address.</summary>
    public I2cAddress Address { get; }

    /// <summary>How many addresses it answers to.</summary>
    public int AddressCount { get; }

    /// <summary>Bytes that it keeps on the board.</summary>
    public int StateLength { get; }

    /// <summary>What it is, for the name of its board, such as <c>24c32</c>.</summary>
    public abstract string Model { get; }

    /// <summary>What it keeps, as it is now.</summary>
    protected ReadOnlySpan<byte> State => Board.Read(_at, StateLength);

    private BoardTransaction Board => _board ?? throw new InvalidOperationException($"The {Model} at {Address} is on no bus yet; give it to a {nameof(SimulatedI2cBus)}.");

    /// <summary>Whether it answers to an address.</summary>
    public bool Answers(I2cAddress address) =>
        address.IsTenBit == Address.IsTenBit && address.Value >= Address.Value && address.Value < Address.Value + AddressCount;

    /// <summary>Puts the chip on a board.</summary>
    internal void Place(BoardTransaction board, int at, Func<Action, bool> exclusively) => (_board, _at, _exclusively) = (board, at, exclusively);

    /// <summary>The board is new: fills <paramref name="state"/>, which is zero, with what the chip has from its maker.</summary>
    protected internal virtual void PowerOn(Span<byte> state) { }

    /// <summary>START, or a repeated START, with one of the chip's addresses.</summary>
    /// <param name="index">Which of its addresses, from 0.</param>
    /// <param name="isRead">Whether bytes are read; else written.</param>
    /// <returns>False to leave the address unacknowledged.</returns>
    protected internal abstract bool Start(int index, bool isRead);

    /// <summary>A byte from the master; false to leave it unacknowledged.</summary>
    protected internal abstract bool Write(byte value);

    /// <summary>A byte for the master.</summary>
    protected internal abstract byte Read();

    /// <summary>STOP, or a START that does not follow on this chip's bytes: the transfer is over for it.</summary>
    protected internal virtual void Stop() { }

    /// <summary>Changes what it keeps.</summary>
    /// <param name="at">Where, from the state's beginning.</param>
    /// <param name="bytes">The bytes.</param>
    protected void Store(int at, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(at + bytes.Length, StateLength);
        Board.Write(_at + at, bytes);
    }

    /// <summary>Runs something between two transfers, of this process or another: a script's look at the chip, or its change.</summary>
    /// <exception cref="TimeoutException">The bus was busy for a second.</exception>
    protected void Exclusively(Action action)
    {
        _ = Board;
        if (!_exclusively!(action)) { throw new TimeoutException($"The {Model} at {Address}: somebody holds the board; look for a process that is stopped."); }
    }
}

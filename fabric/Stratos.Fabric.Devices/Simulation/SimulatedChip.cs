namespace Stratos.Fabric.Devices.Simulation;

/// <summary>Something simulated that keeps what it keeps on a board, which it shares with the other chips of its bus.</summary>
/// <remarks>
/// <para>The bus calls a chip with the board taken, within a transaction: what <see cref="Store"/> changes is final when the
/// whole transfer is, and undone if the process dies before. What the object itself holds is of one transfer only; do not
/// keep more there, another process may serve the next one.</para>
/// <para>Chips store at most 512 bytes a transfer; see <see cref="Settle"/> for more.</para>
/// </remarks>
public abstract class SimulatedChip
{
    private BoardTransaction? _board;
    private Func<Action, bool>? _exclusively;
    private int _at;

    /// <summary>Makes a chip.</summary>
    /// <param name="stateLength">Bytes that it keeps on the board.</param>
    private protected SimulatedChip(int stateLength) => StateLength = stateLength;

    /// <summary>Bytes that it keeps on the board.</summary>
    public int StateLength { get; }

    /// <summary>What it is, for the name of its board, such as <c>24c32</c>.</summary>
    public abstract string Model { get; }

    /// <summary>Where it is on its bus, for messages and the name of its board.</summary>
    internal abstract string Place { get; }

    /// <summary>What it keeps, as it is now.</summary>
    protected ReadOnlySpan<byte> State => Board.Read(_at, StateLength);

    private BoardTransaction Board => _board ?? throw new InvalidOperationException($"The {Model} at {Place} is on no bus yet; give it to one.");

    /// <summary>Puts the chip on a board.</summary>
    internal void PutOn(BoardTransaction board, int at, Func<Action, bool> exclusively) => (_board, _at, _exclusively) = (board, at, exclusively);

    /// <summary>The board is new: fills <paramref name="state"/>, which is zero, with what the chip has from its maker.</summary>
    protected internal virtual void PowerOn(Span<byte> state) { }

    /// <summary>
    /// Carries out what the chip has on record as still to do and what is too much for one transaction, such as an erase.
    /// Called when changes are final, and again by whoever comes next if the process died meanwhile: doing it twice must be
    /// the same as once, and the record goes last.
    /// </summary>
    /// <param name="state">What it keeps; changes are final at once.</param>
    protected internal virtual void Settle(Span<byte> state) { }

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
        if (!_exclusively!(action)) { throw ChipBoard.Held(); }
    }
}

using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Rpmb.Store;

/// <summary>
/// Storage in a board's memory, with faults on request: calls that fail, bits that flip, and a probe before each step at
/// which a process or the power may end.
/// </summary>
/// <remarks>What is written is there at once, as with a process that dies and a host that does not.</remarks>
public sealed class SimulatedRpmbMedium : IRpmbMedium
{
    private readonly BoardMemory _board;

    /// <summary>Takes a board, which is disposed with the medium.</summary>
    public SimulatedRpmbMedium(BoardMemory board)
    {
        ArgumentNullException.ThrowIfNull(board);
        _board = board;
    }

    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <summary>Called before each half of a write and before each sync.</summary>
    public Action? Probe { get; set; }

    /// <summary>What the next writes answer instead of writing: as many failures as are in the queue. <see cref="Errno.None"/> lets one through.</summary>
    public Queue<Errno> WriteFaults { get; } = new();

    /// <summary>What the next reads answer instead of reading.</summary>
    public Queue<Errno> ReadFaults { get; } = new();

    /// <summary>What the next syncs answer instead of syncing.</summary>
    public Queue<Errno> SyncFaults { get; } = new();

    /// <summary>Makes a medium on a board's file, formatted if the board is new.</summary>
    /// <param name="path">The board's file; null for a board that lives and dies with this process.</param>
    /// <param name="units">Capacity in units of 128 KiB, 1 to 128.</param>
    /// <exception cref="ArgumentException">The file is another board's.</exception>
    public static SimulatedRpmbMedium Open(string? path, int units)
    {
        int length = (int)RpmbStore.LengthFor(units);
        SimulatedRpmbMedium medium = new(path is null ? BoardMemory.Private(length) : BoardMemory.Open(path, $"rpmb {units}", length));
        if (!medium._board.Bytes[..RpmbSuperblock.Length].ContainsAnyExcept((byte)0)) { RpmbStore.Format(medium, units, path ?? "the board"); }
        return medium;
    }

    /// <summary>Turns one bit over, as ageing storage does.</summary>
    /// <param name="offset">The byte, from the store's beginning.</param>
    /// <param name="bit">0 to 7.</param>
    public void FlipBit(ulong offset, int bit) => _board.Bytes[(int)offset] ^= (byte)(1 << bit);

    /// <summary>Where a block's data lies, for <see cref="FlipBit"/>.</summary>
    public static ulong OffsetOfBlock(int number) => RpmbLayout.BlockAt(number);

    /// <inheritdoc/>
    public Errno Read(ulong offset, Span<byte> destination)
    {
        if (ReadFaults.TryDequeue(out Errno fault) && fault is not Errno.None) { return fault; }
        _board.Bytes.Slice((int)offset, destination.Length).CopyTo(destination);
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Write(ulong offset, ReadOnlySpan<byte> source)
    {
        int half = source.Length / 2;
        Probe?.Invoke();
        if (WriteFaults.TryDequeue(out Errno fault) && fault is not Errno.None) { return fault; }
        Span<byte> place = _board.Bytes.Slice((int)offset, source.Length);
        source[..half].CopyTo(place);
        Probe?.Invoke();
        source[half..].CopyTo(place[half..]);
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Sync()
    {
        Probe?.Invoke();
        return SyncFaults.TryDequeue(out Errno fault) ? fault : Errno.None;
    }

    /// <summary>Lets go of the board.</summary>
    public void Dispose() => _board.Dispose();
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Stratos.Fabric.Devices.Simulation;

/// <summary>
/// Changes of a <see cref="BoardMemory"/> that happen whole or not at all, whenever the process dies: before a byte is
/// changed, what it was goes into a log on the board, and one store makes all changes final.
/// </summary>
/// <remarks>
/// Used with the board taken (<see cref="BoardMemory.TryEnter"/>). Whoever takes the board calls <see cref="Rollback"/>
/// first: if its last owner died in the middle, the memory is then as it was before that owner began.
/// </remarks>
public sealed class BoardTransaction
{
    private const int LogHeader = 8;
    private const int EntryHeader = 8;
    private const int EntryTail = 8;

    private readonly BoardMemory _board;
    private readonly int _at;
    private readonly int _length;

    /// <summary>Makes the transaction of a board.</summary>
    /// <param name="board">The board.</param>
    /// <param name="at">Where its log is, a multiple of 8.</param>
    /// <param name="length">Bytes of the log, a multiple of 8: room for all that one transaction changes, with 24 bytes for each piece.</param>
    public BoardTransaction(BoardMemory board, int at, int length)
    {
        ArgumentNullException.ThrowIfNull(board);
        ArgumentOutOfRangeException.ThrowIfNotEqual(at % 8, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length % 8, 0);
        (_board, _at, _length) = (board, at, length);
    }

    /// <summary>Whether there are changes that are not final.</summary>
    public bool IsOpen => Volatile.Read(ref Used) != 0;

    /// <summary>Called between any two stores whose order matters; for tests that let the process die there.</summary>
    internal Action? Probe { get; set; }

    private ref ulong Used => ref MemoryMarshal.AsRef<ulong>(_board.Bytes[_at..]);

    private Span<byte> Log => _board.Bytes.Slice(_at + LogHeader, _length - LogHeader);

    /// <summary>Reads bytes of the board.</summary>
    /// <param name="offset">Where, from the board's beginning.</param>
    /// <param name="length">How many.</param>
    public ReadOnlySpan<byte> Read(int offset, int length) => _board.Bytes.Slice(offset, length);

    /// <summary>Changes bytes of the board until <see cref="Rollback"/>, or for good by <see cref="Commit"/>.</summary>
    /// <param name="offset">Where, from the board's beginning.</param>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="InvalidOperationException">The log has no room; the board's maker gave it too little.</exception>
    public void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        Span<byte> place = _board.Bytes.Slice(offset, bytes.Length);
        ulong used = Used;
        int entry = EntryHeader + ((bytes.Length + 7) & ~7) + EntryTail;
        if ((int)used + entry > _length - LogHeader)
        {
            throw new InvalidOperationException($"The board's log of {_length} bytes has no room for {bytes.Length} more; give the board a longer one.");
        }
        Span<byte> log = Log.Slice((int)used, entry);
        BinaryPrimitives.WriteInt32LittleEndian(log, offset);
        BinaryPrimitives.WriteInt32LittleEndian(log[4..], bytes.Length);
        place.CopyTo(log[EntryHeader..]);
        BinaryPrimitives.WriteInt32LittleEndian(log[^EntryTail..], entry);
        Probe?.Invoke();
        // The change must not come before its entry counts.
        Volatile.Write(ref Used, used + (ulong)entry);
        Volatile.WriteBarrier();
        Probe?.Invoke();
        bytes.CopyTo(place);
        Probe?.Invoke();
    }

    /// <summary>Makes all changes final.</summary>
    public void Commit()
    {
        Volatile.Write(ref Used, 0);
        Probe?.Invoke();
    }

    /// <summary>Takes all changes back that are not final, newest first.</summary>
    /// <remarks>Dying in the middle does no harm: whoever comes next does it again from the end.</remarks>
    public void Rollback()
    {
        int used = (int)Volatile.Read(ref Used);
        if (used == 0) { return; }
        Span<byte> log = Log;
        for (int end = used; end > 0;)
        {
            int entry = BinaryPrimitives.ReadInt32LittleEndian(log[(end - EntryTail)..]);
            int start = end - entry;
            int offset = BinaryPrimitives.ReadInt32LittleEndian(log[start..]);
            int length = BinaryPrimitives.ReadInt32LittleEndian(log[(start + 4)..]);
            log.Slice(start + EntryHeader, length).CopyTo(_board.Bytes.Slice(offset, length));
            end = start;
        }
        Volatile.Write(ref Used, 0);
    }
}

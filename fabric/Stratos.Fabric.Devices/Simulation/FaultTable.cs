using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Simulation;

/// <summary>
/// Faults that a simulated bus is to show. They are on the board, so a test or an operator injects them from a process of
/// its own while another one serves the bus; and they are counted in the transaction of the transfer that meets them.
/// </summary>
internal sealed class FaultTable(BoardTransaction board, int at, Func<Action, bool> exclusively)
{
    public const int Length = Entries * EntryLength;

    /// <summary>As the number of times: until the table is cleared.</summary>
    public const int Forever = -1;

    private const int Entries = 16;
    private const int EntryLength = 16;
    private const int ForAny = 1;

    /// <summary>Adds a fault.</summary>
    /// <param name="target">Where it is met; null for anywhere.</param>
    /// <param name="fault">What it is, above zero.</param>
    /// <param name="atByte">At which byte of a message.</param>
    /// <param name="times">How often, or <see cref="Forever"/>.</param>
    public void Add(ushort? target, byte fault, int atByte, int times)
    {
        byte[] entry = new byte[EntryLength];
        BinaryPrimitives.WriteUInt16LittleEndian(entry, target ?? 0);
        entry[2] = (byte)(target is null ? ForAny : 0);
        entry[3] = fault;
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(4), atByte);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(8), times);
        Change(() =>
        {
            for (int i = 0; i < Entries; i++)
            {
                if (Remaining(i) != 0) { continue; }
                board.Write(at + (i * EntryLength), entry);
                return;
            }
            throw new InvalidOperationException($"{Entries} faults are active already; clear them first.");
        });
    }

    /// <summary>Ends all faults.</summary>
    public void Clear() => Change(() => board.Write(at, new byte[Length]));

    /// <summary>The fault that a message meets, counted as shown; zero for none. With the board taken.</summary>
    public (byte Fault, int AtByte) Take(ushort target)
    {
        for (int i = 0; i < Entries; i++)
        {
            int remaining = Remaining(i);
            if (remaining == 0) { continue; }
            ReadOnlySpan<byte> entry = board.Read(at + (i * EntryLength), EntryLength);
            if ((entry[2] & ForAny) == 0 && BinaryPrimitives.ReadUInt16LittleEndian(entry) != target) { continue; }
            (byte, int) found = (entry[3], BinaryPrimitives.ReadInt32LittleEndian(entry[4..]));
            if (remaining != Forever) { SetRemaining(i, remaining - 1); }
            return found;
        }
        return (0, 0);
    }

    private int Remaining(int index) => BinaryPrimitives.ReadInt32LittleEndian(board.Read(at + (index * EntryLength) + 8, sizeof(int)));

    private void SetRemaining(int index, int remaining)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, remaining);
        board.Write(at + (index * EntryLength) + 8, bytes);
    }

    private void Change(Action action)
    {
        if (!exclusively(action)) { throw ChipBoard.Held(); }
    }
}

using System.Buffers.Binary;
using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.Simulation;

/// <summary>
/// A simulated bus's memory, on its board, of the newest transfer of each client. It is written in the same transaction as
/// the transfer's effect, so it is exact whenever a process dies.
/// </summary>
/// <remarks>Used with the board taken. A client that 32 newer ones have pushed out gets no evidence any more.</remarks>
internal sealed class TransferRegister(BoardTransaction board, int at)
{
    /// <summary>Bytes of the board that it takes.</summary>
    public const int Length = Clients * EntryLength;

    private const int Clients = 32;
    private const int EntryLength = 32;
    private const int NumberAt = 8;
    private const int CompletedAt = 16;
    private const int AgeAt = 24;

    /// <summary>Makes a client known. Idempotent.</summary>
    public void Join(ulong client)
    {
        if (Find(client) >= 0) { return; }
        int oldest = 0;
        ulong newestAge = 0;
        for (int i = 0; i < Clients; i++)
        {
            newestAge = Math.Max(newestAge, Word(i, AgeAt));
            if (Word(i, AgeAt) < Word(oldest, AgeAt)) { oldest = i; }
        }
        Span<byte> entry = stackalloc byte[EntryLength];
        entry.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(entry, client);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[AgeAt..], newestAge + 1);
        board.Write(Place(oldest), entry);
    }

    /// <summary>Notes the result of a transfer.</summary>
    public void Note(TransferId id, int completed)
    {
        int client = Find(id.Client);
        if (client < 0) { return; }
        Span<byte> words = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(words, id.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(words[8..], (ulong)completed);
        board.Write(Place(client) + NumberAt, words);
    }

    /// <summary>What became of a transfer.</summary>
    public TransferFate Recall(TransferId id)
    {
        int client = Find(id.Client);
        if (client < 0) { return TransferFate.Unknown; }
        ulong newest = Word(client, NumberAt);
        return newest < id.Number ? TransferFate.NotDone
            : newest == id.Number ? TransferFate.Done((int)Word(client, CompletedAt))
            : TransferFate.Unknown;
    }

    private int Find(ulong client)
    {
        for (int i = 0; i < Clients; i++)
        {
            if (Word(i, 0) == client) { return i; }
        }
        return -1;
    }

    private int Place(int client) => at + (client * EntryLength);

    private ulong Word(int client, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(board.Read(Place(client) + offset, sizeof(ulong)));
}

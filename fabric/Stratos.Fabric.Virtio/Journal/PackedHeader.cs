namespace Stratos.Fabric.Virtio.Journal;

/// <summary>
/// The fields of QueueRegionPacked that change together, as two words: the free-list heads (offset 12, 4 bytes) and the
/// used positions with their wrap counters (offset 16, 8 bytes). Each word is written by one aligned store.
/// </summary>
/// <remarks>
/// The specification updates the fields one by one. A crash in between could pair a new index with an old wrap counter,
/// and no reader could tell. One store a word leaves out these states and all others are the specification's.
/// </remarks>
internal readonly unsafe struct PackedHeader(byte* region)
{
    /// <summary>The used position and the one before the batch that is being published.</summary>
    internal readonly record struct Positions(ushort Used, bool Wrap, ushort OldUsed, bool OldWrap)
    {
        /// <summary>Whether a batch was being published.</summary>
        internal bool InProgress => (Used, Wrap) != (OldUsed, OldWrap);

        /// <summary>Slots from the old position to the new one.</summary>
        internal int Distance(ushort size) => !InProgress ? 0 : Used > OldUsed ? Used - OldUsed : Used - OldUsed + size;

        /// <summary>The positions when the batch is done.</summary>
        internal Positions Settled => new(Used, Wrap, Used, Wrap);

        /// <summary>The positions as if the batch had never begun.</summary>
        internal Positions RolledBack => new(OldUsed, OldWrap, OldUsed, OldWrap);
    }

    /// <summary>Writes both heads of the free list.</summary>
    internal void WriteHeads(ushort free, ushort old) =>
        Volatile.Write(ref *(uint*)(region + JournalLayout.PackedFreeHead), free | ((uint)old << 16));

    /// <summary>Reads both heads of the free list.</summary>
    internal (ushort Free, ushort Old) ReadHeads()
    {
        uint word = Volatile.Read(ref *(uint*)(region + JournalLayout.PackedFreeHead));
        return ((ushort)word, (ushort)(word >> 16));
    }

    /// <summary>Writes the used positions.</summary>
    internal void WritePositions(Positions positions) => Volatile.Write(
        ref *(ulong*)(region + JournalLayout.PackedUsedIndex),
        positions.Used | ((ulong)positions.OldUsed << 16) | ((positions.Wrap ? 1UL : 0) << 32) | ((positions.OldWrap ? 1UL : 0) << 40));

    /// <summary>Reads the used positions.</summary>
    internal Positions ReadPositions()
    {
        ulong word = Volatile.Read(ref *(ulong*)(region + JournalLayout.PackedUsedIndex));
        return new((ushort)word, (word >> 32 & 0xFF) != 0, (ushort)(word >> 16), (word >> 40 & 0xFF) != 0);
    }
}

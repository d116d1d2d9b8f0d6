using System.Runtime.InteropServices;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Console;

/// <summary>
/// One queue's memory, in the device's state, of the request that it began last. After a crash it tells how far that
/// request had come, and of a request that recovery does not hand back, that it was completed.
/// </summary>
/// <remarks>
/// Two copies and a selector: an entry is written beside the valid one and then selected by one release store, so that a
/// successor finds either the old entry or the new one, whole. One writer at a time.
/// </remarks>
internal sealed class RequestLedger(DeviceState state, int offset)
{
    /// <summary>Bytes of state that a ledger takes.</summary>
    public const int Length = 128;

    private const int EntryWords = 4;

    private Span<ulong> Words => MemoryMarshal.Cast<byte, ulong>(state.Bytes.Slice(offset, Length));

    /// <summary>The entry, if there is one.</summary>
    public bool TryRead(out LedgerEntry entry)
    {
        Span<ulong> words = Words;
        ulong selector = Volatile.Read(ref words[0]);
        entry = default;
        if (selector == 0) { return false; }
        Span<ulong> slot = Slot(words, selector);
        entry = new(slot[0], slot[1], slot[2], slot[3]);
        return true;
    }

    /// <summary>Replaces the entry.</summary>
    public void Write(LedgerEntry entry)
    {
        Span<ulong> words = Words;
        ulong next = words[0] == 1 ? 2UL : 1UL;
        Span<ulong> slot = Slot(words, next);
        (slot[0], slot[1], slot[2], slot[3]) = (entry.Sequence, entry.Stream, entry.Start, entry.Length);
        Volatile.Write(ref words[0], next);
    }

    /// <summary>Forgets the entry: sequences begin anew.</summary>
    public void Clear() => Volatile.Write(ref Words[0], 0);

    private static Span<ulong> Slot(Span<ulong> words, ulong selector) => words.Slice(1 + ((int)(selector - 1) * EntryWords), EntryWords);
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Transfers;

/// <summary>
/// A queue's memory, in the device's state, of its newest transfer on a host bus and of the name under which it transfers.
/// After a crash it tells which requests had had no effect yet, and with what the others had ended.
/// </summary>
/// <remarks>
/// Two copies and a selector: a record is written beside the valid one and then selected by one release store, so that a
/// successor finds either the old record or the new one, whole. One writer at a time.
/// </remarks>
internal sealed class TransferLedger(DeviceState state, int offset)
{
    /// <summary>Bytes of state that a ledger takes.</summary>
    public const int Length = 64;

    private const int RecordWords = 3;
    private const ulong Over = 1UL << 62;
    private const ulong Open = 1UL << 63;
    private const ulong CompletedMask = 0xFF;

    /// <summary>The session's name on a bus; 0 before <see cref="BeginSession"/>.</summary>
    public ulong Client => Volatile.Read(ref Words[1]);

    /// <summary>Called between any two stores; for tests that let the process die there.</summary>
    internal Action? Probe { get; set; }

    private Span<ulong> Words => MemoryMarshal.Cast<byte, ulong>(state.Bytes.Slice(offset, Length));

    /// <summary>The newest record; one of no requests if there is none.</summary>
    public TransferRecord Read()
    {
        Span<ulong> words = Words;
        ulong selector = Volatile.Read(ref words[0]);
        if (selector == 0) { return default(TransferRecord) with { IsOver = true }; }
        Span<ulong> slot = Slot(words, selector);
        ulong rest = slot[2];
        return new(slot[0], slot[1], (int)(rest & CompletedMask), (rest & Over) != 0, (rest & Open) != 0);
    }

    /// <summary>Replaces the record.</summary>
    public void Write(TransferRecord record)
    {
        Span<ulong> words = Words;
        ulong next = words[0] == 1 ? 2UL : 1UL;
        Span<ulong> slot = Slot(words, next);
        slot[0] = record.First;
        slot[1] = record.Members;
        slot[2] = (uint)record.Completed | (record.IsOver ? Over : 0) | (record.IsOpen ? Open : 0);
        Probe?.Invoke();
        Volatile.Write(ref words[0], next);
        Probe?.Invoke();
    }

    /// <summary>Sequences begin anew: forgets the record and takes a new name.</summary>
    /// <param name="join">Makes the name known to the bus, before it is used.</param>
    public void BeginSession(Action<ulong> join)
    {
        Volatile.Write(ref Words[0], 0);
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        ulong client = MemoryMarshal.Read<ulong>(random) | 1;
        join(client);
        Volatile.Write(ref Words[1], client);
    }

    private static Span<ulong> Slot(Span<ulong> words, ulong selector) => words.Slice(2 + ((int)(selector - 1) * RecordWords), RecordWords);
}

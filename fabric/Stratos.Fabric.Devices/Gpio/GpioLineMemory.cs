using System.Runtime.InteropServices;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>
/// The device's memory of its lines, which outlives the process: a word for each line, which changes as a whole, and a
/// ledger for each that says how far the driver has been told of the line's edges.
/// </summary>
/// <remarks>
/// An entry of a ledger names the request that carried the last interrupt, and the transitions that were dealt with before
/// and after it. It is written before that request is completed. If that request is handed out again, it was not
/// completed, and "before" counts; as soon as the driver sends another one for the line, it was, and "after" does.
/// </remarks>
internal sealed class GpioLineMemory
{
    private const ulong NoRequest = ulong.MaxValue;

    private readonly DeviceState _state;
    private readonly RequestLedger[] _ledgers;

    public GpioLineMemory(DeviceState state, int lines)
    {
        _state = state;
        _ledgers = [.. Enumerable.Range(0, lines).Select(line => new RequestLedger(state, LedgersAt(lines) + (line * RequestLedger.Length)))];
    }

    /// <summary>Bytes of state that the memory takes.</summary>
    public static int LengthFor(int lines) => LedgersAt(lines) + (lines * RequestLedger.Length);

    /// <summary>What the driver has made of a line.</summary>
    public GpioLineState this[int line]
    {
        get => GpioLineState.Unpack(Volatile.Read(ref Word(line)));
        set => Volatile.Write(ref Word(line), value.Packed);
    }

    /// <summary>The transitions that were dealt with when a request arrived.</summary>
    public ulong SeenAt(int line, ulong request)
    {
        _ledgers[line].TryRead(out LedgerEntry last);
        return last.Sequence == request ? last.Start : last.Length;
    }

    /// <summary>A request is about to be completed with an interrupt.</summary>
    public void Telling(int line, ulong request, ulong incarnation, ulong before, ulong after) =>
        _ledgers[line].Write(new(request, incarnation, before, after));

    /// <summary>Everything up to a count is dealt with.</summary>
    public void Begin(int line, ulong incarnation, ulong transitions) =>
        _ledgers[line].Write(new(NoRequest, incarnation, transitions, transitions));

    /// <summary>Requests are numbered anew: the number of the last one means nothing any more.</summary>
    public void ForgetRequests()
    {
        foreach (RequestLedger ledger in _ledgers)
        {
            if (ledger.TryRead(out LedgerEntry last) && last.Sequence != NoRequest) { ledger.Write(last with { Sequence = NoRequest, Start = last.Length }); }
        }
    }

    /// <summary>The port counts in a new run, of which <paramref name="now"/> is the present; of no effect if it is the run that is known.</summary>
    public void Carry(int line, ulong incarnation, ulong now)
    {
        if (!_ledgers[line].TryRead(out LedgerEntry last) || last.Stream == incarnation) { return; }
        _ledgers[line].Write(last with
        {
            Stream = incarnation,
            Start = LineEdges.Carry(last.Start, now, owed: last.Start != last.Length),
            Length = LineEdges.Carry(last.Length, now, owed: false),
        });
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _state.Bytes.Clear();

    private static int LedgersAt(int lines) => ((lines * sizeof(ulong)) + 63) & ~63;

    private ref ulong Word(int line) => ref MemoryMarshal.Cast<byte, ulong>(_state.Bytes)[line];
}

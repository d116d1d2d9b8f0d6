using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Console;

/// <summary>Serves a receive queue: input goes into the driver's buffers, which stay in the ring until there is some.</summary>
/// <remarks>
/// The order is: copy, note in the ledger which bytes the request got, complete, consume. After a crash the request was
/// either not completed, and is served again with its bytes still there; or it was, and <see cref="Finished"/> notes that
/// its bytes are owed. It is published only after all of that. The debt is paid when the stream is connected, which may
/// be later, and by a later owner.
/// </remarks>
internal sealed class ConsoleInputHandler : QueueHandler
{
    private const ulong Owed = 1UL << 63;

    private readonly ConsolePort _port;
    private readonly QueueContext _queue;
    private readonly RequestLedger _ledger;
    private readonly byte[] _piece = new byte[4096];
    private LedgerEntry? _debt;

    public ConsoleInputHandler(ConsolePort port, QueueContext queue, RequestLedger ledger)
    {
        (_port, _queue, _ledger) = (port, queue, ledger);
        if (ledger.TryRead(out LedgerEntry last) && (last.Length & Owed) != 0) { _debt = last; }
        else if (!queue.Resumed) { ledger.Clear(); }
        port.Attach(this);
    }

    /// <summary>One at a time: how many buffers the input fills is known only when they are seen.</summary>
    public override int Demand
    {
        get
        {
            lock (_port.Gate) { return HasInput() ? 1 : 0; }
        }
    }

    public override void Handle(DescriptorChain chain)
    {
        lock (_port.Gate)
        {
            if (chain.ReadableLength != 0 || chain.WritableLength == 0)
            {
                _port.Warn(_queue.Name, "a request that does not consist of device-writable buffers alone was returned empty");
                chain.Complete(0);
            }
            else if (HasInput())
            {
                Fill(chain, _port.Stream);
            }
            else
            {
                // The stream's other end went away since the demand was stated, and took its input along.
                chain.Complete(0);
            }
        }
    }

    public override void Finished(DescriptorChain chain, uint written)
    {
        lock (_port.Gate)
        {
            if (!_ledger.TryRead(out LedgerEntry last) || last.Sequence != chain.Sequence) { return; }
            _debt = last with { Length = last.Length | Owed };
            _ledger.Write(_debt.Value);
        }
    }

    public override void Stop()
    {
        lock (_port.Gate) { _port.Detach(this); }
    }

    /// <summary>Something changed at the host's or the guest's end of the port. With the port's gate held.</summary>
    public void Changed() => _queue.Wake();

    private bool HasInput()
    {
        IConsoleStream stream = _port.Stream;
        if (!stream.IsConnected) { return false; }
        if (_debt is { } last)
        {
            _debt = null;
            if (last.Stream == stream.Incarnation) { stream.Consume(last.Start + (last.Length & ~Owed)); }
        }
        return stream.InputLength > 0 && _port.IsGuestListening;
    }

    private void Fill(DescriptorChain chain, IConsoleStream stream)
    {
        ulong start = stream.InputStart;
        int length = (int)Math.Min((ulong)stream.InputLength, chain.WritableLength);
        for (int done = 0; done < length; done += _piece.Length)
        {
            Span<byte> piece = _piece.AsSpan(0, Math.Min(_piece.Length, length - done));
            stream.Read(start + (ulong)done, piece);
            chain.CopyTo((ulong)done, piece);
        }
        _ledger.Write(new(chain.Sequence, stream.Incarnation, start, (ulong)length));
        chain.Complete((uint)length);
        stream.Consume(start + (ulong)length);
    }
}

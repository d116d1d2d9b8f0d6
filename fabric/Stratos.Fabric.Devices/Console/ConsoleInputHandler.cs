using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Console;

/// <summary>Serves a receive queue: input goes into the driver's buffers, which stay in the ring until there is some.</summary>
/// <remarks>
/// The ledger holds which bytes a request was given, written before the request is completed; the input is consumed
/// after. A crash between leaves either a request that is handed to the next owner again, with its bytes still there, or
/// one that is not, whose bytes the next owner then consumes before it serves another.
/// </remarks>
internal sealed class ConsoleInputHandler : QueueHandler
{
    private readonly ConsolePort _port;
    private readonly QueueContext _queue;
    private readonly RequestLedger _ledger;
    private readonly Queue<DescriptorChain> _held;
    private readonly byte[] _piece = new byte[4096];
    private bool _settled;

    public ConsoleInputHandler(ConsolePort port, QueueContext queue, RequestLedger ledger)
    {
        (_port, _queue, _ledger) = (port, queue, ledger);
        _held = new(queue.Size);
        if (!queue.Resumed) { ledger.Clear(); }
        port.Attach(this);
    }

    /// <summary>One at a time: how many buffers the input fills is known only when they are seen.</summary>
    public override int Demand
    {
        get
        {
            lock (_port.Gate)
            {
                return _held.Count == 0 && HasInput() ? 1 : 0;
            }
        }
    }

    public override void Handle(DescriptorChain chain)
    {
        if (chain.ReadableLength != 0 || chain.WritableLength == 0)
        {
            _port.Warn(_queue.Name, "a request that does not consist of device-writable buffers alone was returned empty");
            chain.Complete(0);
            return;
        }
        lock (_port.Gate)
        {
            // A request that comes back was not completed: what the ledger says of it is void.
            if (!_settled && _ledger.TryRead(out LedgerEntry last) && last.Sequence == chain.Sequence) { _settled = true; }
            _held.Enqueue(chain);
            Serve();
        }
    }

    public override void Stop()
    {
        lock (_port.Gate)
        {
            _port.Detach(this);
            while (_held.TryDequeue(out DescriptorChain? chain)) { chain.Release(); }
        }
    }

    /// <summary>Something changed at the host's or the guest's end of the port. With the port's gate held.</summary>
    public void Changed()
    {
        Serve();
        _queue.Wake();
    }

    private bool HasInput()
    {
        IConsoleStream stream = _port.Stream;
        if (!stream.IsConnected) { return false; }
        Settle(stream);
        return stream.InputLength > 0 && _port.IsGuestListening;
    }

    /// <summary>Consumes what the last request took that a previous owner completed.</summary>
    private void Settle(IConsoleStream stream)
    {
        if (_settled) { return; }
        _settled = true;
        if (_ledger.TryRead(out LedgerEntry last) && last.Stream == stream.Incarnation) { stream.Consume(last.Start + last.Length); }
    }

    private void Serve()
    {
        while (_held.Count > 0 && HasInput()) { Fill(_held.Dequeue(), _port.Stream); }
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

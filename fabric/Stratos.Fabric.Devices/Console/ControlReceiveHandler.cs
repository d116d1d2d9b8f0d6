using System.Buffers.Binary;
using System.Text;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Console;

/// <summary>
/// Serves the control receive queue: tells the driver, one message after the other, what it does not know of the ports.
/// </summary>
/// <remarks>
/// Messages are not queued; each is the difference between what is and what the driver was told, and so none is lost or
/// goes stale. The ledger holds the message that is on its way: a successor to which the request is not handed back knows
/// that the message arrived, and no port is added twice.
/// </remarks>
internal sealed class ControlReceiveHandler : QueueHandler
{
    private readonly ConsoleDevice _device;
    private readonly QueueContext _queue;
    private readonly RequestLedger _ledger;
    private readonly Queue<DescriptorChain> _held;
    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[ConsoleMessage.Length + ConsolePortOptions.MaxNameBytes];
    private bool _settled;
    private bool _stopped;

    public ControlReceiveHandler(ConsoleDevice device, QueueContext queue, RequestLedger ledger)
    {
        (_device, _queue, _ledger) = (device, queue, ledger);
        _held = new(queue.Size);
        if (!queue.Resumed) { ledger.Clear(); }
    }

    public override int Demand
    {
        get
        {
            lock (_gate) { return _held.Count == 0 && TryNext(out _, out _) ? 1 : 0; }
        }
    }

    public override void Handle(DescriptorChain chain)
    {
        if (chain.ReadableLength != 0 || chain.WritableLength < ConsoleMessage.Length)
        {
            _device.Warn(_queue.Name, "a request that has no room for a control message was returned empty");
            chain.Complete(0);
            return;
        }
        lock (_gate)
        {
            // A request that comes back was not completed: what the ledger says of it is void.
            if (!_settled && _ledger.TryRead(out LedgerEntry last) && last.Sequence == chain.Sequence) { _settled = true; }
            _held.Enqueue(chain);
            Serve();
        }
    }

    public override void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            while (_held.TryDequeue(out DescriptorChain? chain)) { chain.Release(); }
        }
    }

    /// <summary>There may be something to tell. Any thread.</summary>
    public void Changed()
    {
        lock (_gate)
        {
            if (_stopped) { return; }
            Serve();
            _queue.Wake();
        }
    }

    private bool TryNext(out ConsoleMessage message, out TerminalSize? size)
    {
        if (!_settled)
        {
            _settled = true;
            if (_ledger.TryRead(out LedgerEntry last)) { _device.Board.Told(ConsoleMessage.Unpack(last.Start), last.Length); }
        }
        return _device.TryGetNews(out message, out size);
    }

    private void Serve()
    {
        while (_held.Count > 0 && TryNext(out ConsoleMessage message, out TerminalSize? size))
        {
            DescriptorChain chain = _held.Dequeue();
            ulong detail = _device.Board.DetailFor(size);
            int written = chain.CopyTo(0, _buffer.AsSpan(0, Encode(message, size)));
            _ledger.Write(new(chain.Sequence, 0, message.Packed, detail));
            chain.Complete((uint)written);
            _device.Board.Told(message, detail);
        }
    }

    private int Encode(ConsoleMessage message, TerminalSize? size)
    {
        message.Write(_buffer);
        Span<byte> rest = _buffer.AsSpan(ConsoleMessage.Length);
        switch (message.Event)
        {
            case ConsoleEvent.PortName:
                return ConsoleMessage.Length + Encoding.UTF8.GetBytes(_device.NameOf((int)message.Port), rest);
            case ConsoleEvent.Resize:
                BinaryPrimitives.WriteUInt32LittleEndian(rest, size.GetValueOrDefault().Packed);
                return ConsoleMessage.Length + sizeof(uint);
            default:
                return ConsoleMessage.Length;
        }
    }
}

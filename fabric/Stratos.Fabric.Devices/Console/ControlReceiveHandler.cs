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
/// goes stale. The ledger notes the message before its request is completed, the board that it was told after: a
/// successor either serves the request again or is told that it was <see cref="Finished"/>, and no port is added twice.
/// </remarks>
internal sealed class ControlReceiveHandler : QueueHandler
{
    private readonly ConsoleDevice _device;
    private readonly QueueContext _queue;
    private readonly RequestLedger _ledger;
    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[ConsoleMessage.Length + ConsolePortOptions.MaxNameBytes];
    private ConsoleMessage _next;
    private TerminalSize? _nextSize;
    private bool _stopped;

    public ControlReceiveHandler(ConsoleDevice device, QueueContext queue, RequestLedger ledger)
    {
        (_device, _queue, _ledger) = (device, queue, ledger);
        if (!queue.Resumed) { ledger.Clear(); }
    }

    /// <summary>One at a time; the message that made the demand is the one that is sent, even if it is old news by then.</summary>
    public override int Demand => _device.TryGetNews(out _next, out _nextSize) ? 1 : 0;

    public override void Handle(DescriptorChain chain)
    {
        if (chain.ReadableLength != 0 || chain.WritableLength < ConsoleMessage.Length)
        {
            _device.Warn(_queue.Name, "a request that has no room for a control message was returned empty");
            chain.Complete(0);
            return;
        }
        ulong detail = _device.Board.DetailFor(_nextSize);
        int written = chain.CopyTo(0, _buffer.AsSpan(0, Encode(_next, _nextSize)));
        _ledger.Write(new(chain.Sequence, 0, _next.Packed, detail));
        chain.Complete((uint)written);
        _device.Board.Told(_next, detail);
    }

    public override void Finished(DescriptorChain chain, uint written)
    {
        if (_ledger.TryRead(out LedgerEntry last) && last.Sequence == chain.Sequence)
        {
            _device.Board.Told(ConsoleMessage.Unpack(last.Start), last.Length);
        }
    }

    public override void Stop()
    {
        lock (_gate) { _stopped = true; }
    }

    /// <summary>There may be something to tell. Any thread.</summary>
    public void Changed()
    {
        lock (_gate)
        {
            if (!_stopped) { _queue.Wake(); }
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

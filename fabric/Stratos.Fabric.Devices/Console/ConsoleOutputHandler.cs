using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Console;

/// <summary>
/// Serves a transmit queue: the bytes of each request go to the port's stream, in order and each once. A stream without
/// room stalls this queue, and no other, until its watcher says that there is room.
/// </summary>
/// <remarks>
/// A request may be run again because a run begins where the last one ended: the ledger says at which position of the
/// stream the request began, and the stream how far it has got.
/// </remarks>
internal sealed class ConsoleOutputHandler : QueueHandler
{
    private readonly ConsolePort _port;
    private readonly QueueContext _queue;
    private readonly RequestLedger _ledger;
    private readonly Queue<DescriptorChain> _waiting;
    private readonly byte[] _piece = new byte[4096];
    private bool _begun;
    private bool _stalled;
    private ulong _stream;
    private ulong _start;
    private ulong _done;

    public ConsoleOutputHandler(ConsolePort port, QueueContext queue, RequestLedger ledger)
    {
        (_port, _queue, _ledger) = (port, queue, ledger);
        _waiting = new(queue.Size);
        if (!queue.Resumed) { ledger.Clear(); }
        port.Attach(this);
    }

    public override int Demand => Volatile.Read(ref _stalled) ? 0 : int.MaxValue;

    public override void Handle(DescriptorChain chain)
    {
        if (chain.WritableLength != 0 || chain.ReadableLength == 0)
        {
            _port.Warn(_queue.Name, "a request that does not consist of device-readable buffers alone was dropped");
            chain.Complete(0);
            return;
        }
        lock (_port.Gate)
        {
            _waiting.Enqueue(chain);
            Push();
        }
    }

    public override void Stop()
    {
        lock (_port.Gate)
        {
            _port.Detach(this);
            // A part of it is out already: it must come back under its number, not as a new request.
            if (_begun && _done > 0) { _waiting.Peek().MarkStarted(); }
            while (_waiting.TryDequeue(out DescriptorChain? chain)) { chain.Release(); }
        }
    }

    /// <summary>Moves what there is room for. With the port's gate held.</summary>
    public void Push()
    {
        while (_waiting.TryPeek(out DescriptorChain? chain) && PushFirst(chain))
        {
            _waiting.Dequeue();
            _begun = false;
            chain.Complete(0);
        }
        bool stalled = _waiting.Count > 0;
        if (stalled == _stalled) { return; }
        Volatile.Write(ref _stalled, stalled);
        if (!stalled) { _queue.Wake(); }
    }

    /// <summary>Somebody else put bytes into the stream: what is left of the current request comes after them. With the port's gate held.</summary>
    public void MakeWay(ulong bytes)
    {
        if (!_begun) { return; }
        _start += bytes;
        _ledger.Write(new(_waiting.Peek().Sequence, _stream, _start, 0));
    }

    /// <summary>True when all of the chain is out, or lost.</summary>
    private bool PushFirst(DescriptorChain chain)
    {
        if (!_port.Stream.IsConnected) { return false; }
        if (!Begin(chain)) { return true; }
        while (_done < chain.ReadableLength)
        {
            ReadOnlySpan<byte> piece = _piece.AsSpan(0, chain.CopyFrom(_done, _piece));
            IoResult result = _port.Stream.Write(_start + _done, piece);
            if (!result.IsSuccess)
            {
                _port.Warn(_queue.Name, $"output was lost: the host answered {result.Error}");
                return true;
            }
            _done += (ulong)result.Bytes;
            if (result.Bytes < piece.Length) { return false; }
        }
        return true;
    }

    /// <summary>Finds out where the request goes; false if a previous owner had put all of it out.</summary>
    private bool Begin(DescriptorChain chain)
    {
        IConsoleStream stream = _port.Stream;
        if (_begun && _stream == stream.Incarnation) { return true; }
        if (!_begun)
        {
            _done = 0;
            if (_ledger.TryRead(out LedgerEntry last) && last.Stream == stream.Incarnation)
            {
                if (chain.Sequence < last.Sequence) { return false; }
                if (chain.Sequence == last.Sequence)
                {
                    (_begun, _stream, _start) = (true, last.Stream, last.Start);
                    return true;
                }
            }
        }
        // A new request; or the rest of one, on a stream that has replaced the one it began on.
        (_begun, _stream, _start) = (true, stream.Incarnation, stream.OutputEnd - _done);
        _ledger.Write(new(chain.Sequence, _stream, _start, 0));
        return true;
    }
}

using Stratos.Fabric.Devices.Transfers;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Spi;

/// <summary>Serves the request queue (virtio 1.4, section 5.21.6): each request is one transfer, one after another.</summary>
/// <remarks>
/// No transfer is put on the bus twice in silence. Before the effect, the ledger names the request; the port counts the
/// transfer as done when its result is with the driver; the ledger says the result before the request is completed. After a
/// crash, a request that the ledger does not know had no effect; of one it knows it has the result, or asks the port, or
/// fails it. Requests with invalid parameters have no effect and are judged again.
/// </remarks>
internal sealed class SpiHandler : QueueHandler
{
    private readonly SpiServices _services;
    private readonly QueueContext _queue;
    private readonly TransferLedger _ledger;
    private readonly Queue<SpiRequest> _waiting;
    private readonly Action<bool> _deliver;
    private readonly Action _run;
    private readonly object _gate = new();
    private byte[] _sent = new byte[4096];
    private byte[] _received = new byte[4096];
    private TransferRecord _last;
    private SpiRequest _current;
    private bool _recovered;
    private bool _busy;
    private bool _stopped;

    public SpiHandler(SpiServices services, QueueContext queue, TransferLedger ledger)
    {
        (_services, _queue, _ledger) = (services, queue, ledger);
        _waiting = new(queue.Size);
        _deliver = Deliver;
        _run = RunPosted;
        if (!queue.Resumed || ledger.Client == 0) { ledger.BeginSession(services.Port.Join); }
    }

    public override ReplayClass Replay => ReplayClass.Unrepeatable;

    public override void Handle(DescriptorChain chain)
    {
        lock (_gate)
        {
            Recover();
            if (_last.Contains(chain.Sequence))
            {
                chain.Complete(Decide(chain));
                return;
            }
            if (chain.WritableLength == 0) { _services.Context.Warn(_queue.Name, "a request without room for its result was returned unserved"); }
            _waiting.Enqueue(SpiRequest.Decode(chain, _services.Port.Capabilities, _services.Access));
            Advance();
        }
    }

    public override Resolution Resolve(DescriptorChain chain)
    {
        lock (_gate)
        {
            Recover();
            return _last.Contains(chain.Sequence) ? Resolution.Complete(Decide(chain)) : Resolution.Run;
        }
    }

    public override void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            while (_waiting.TryDequeue(out SpiRequest request)) { request.Chain.Release(); }
        }
    }

    /// <summary>Finds out, once, how the newest transfer of a previous owner ended.</summary>
    private void Recover()
    {
        if (_recovered) { return; }
        _recovered = true;
        _last = _ledger.Read();
        if (_last.IsOver) { return; }
        TransferFate fate = _services.Port.Recall(new(_ledger.Client, _last.First));
        if (fate.Knowledge is TransferKnowledge.None)
        {
            _services.Context.Warn(_queue.Name, "nobody knows what became of a transfer whose server died; it was failed, not repeated");
        }
        Remember(fate.Knowledge is TransferKnowledge.NotDone
            ? default(TransferRecord) with { IsOver = true }
            : _last with { Completed = Math.Min(fate.Completed, 1), IsOver = true });
    }

    private void Remember(TransferRecord record)
    {
        _ledger.Write(record);
        _last = record;
    }

    /// <summary>Answers the request of the newest transfer. What it read is with the driver already.</summary>
    private uint Decide(DescriptorChain chain) =>
        SpiRequest.WriteResult(chain, _last.Succeeded(chain.Sequence) ? SpiResult.Ok : SpiResult.TransferError);

    /// <summary>Runs what waits. With the gate held.</summary>
    private void Advance()
    {
        while (!_busy && !_stopped && _waiting.TryDequeue(out _current))
        {
            if (!_current.IsValid)
            {
                _current.Chain.Complete(SpiRequest.Answer(_current.Chain, SpiResult.ParameterError, default));
            }
            else if (_services.Thread is { } thread)
            {
                _busy = true;
                thread.Post(_run);
            }
            else
            {
                Run();
            }
        }
    }

    private void RunPosted()
    {
        Run();
        lock (_gate)
        {
            _busy = false;
            Advance();
        }
    }

    private void Run()
    {
        DescriptorChain chain = _current.Chain;
        Reserve(ref _sent, _current.Sent);
        Reserve(ref _received, _current.Received);
        chain.CopyFrom(SpiHeader.Length, _sent.AsSpan(0, _current.Sent));
        TransferRecord record = TransferRecord.Of(chain.Sequence);
        chain.MarkStarted();
        _ledger.Write(record);
        bool succeeded = Transfer(new(_ledger.Client, chain.Sequence));
        Remember(record with { Completed = succeeded ? 1 : 0, IsOver = true });
        chain.Complete(SpiRequest.WrittenLength(chain));
    }

    private bool Transfer(TransferId id)
    {
        try
        {
            return _services.Port.Transfer(id, _current.Settings, _sent.AsSpan(0, _current.Sent), _received.AsSpan(0, _current.Received), _deliver);
        }
        catch (Exception failure)
        {
            _services.Context.Warn(_queue.Name, $"the bus failed unexpectedly: {failure.Message}");
            Deliver(succeeded: false);
            return false;
        }
    }

    private void Deliver(bool succeeded) =>
        SpiRequest.Answer(_current.Chain, succeeded ? SpiResult.Ok : SpiResult.TransferError, _received.AsSpan(0, _current.Received));

    /// <summary>Room for the largest request so far, doubled, so that it settles soon.</summary>
    private static void Reserve(ref byte[] buffer, int length)
    {
        if (buffer.Length < length) { buffer = new byte[Math.Max(length, buffer.Length * 2)]; }
    }
}

using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Can;

/// <summary>Serves the Rxq: its buffers stay in the ring until a frame is there (virtio 1.4, section 5.20.5.3).</summary>
/// <remarks>
/// The order is: copy, note in the ledger which frame the request got, complete, let go of the frame. A successor either
/// serves the request again, with the frame still there, or is told that it was <see cref="Finished"/> and lets go.
/// </remarks>
internal sealed class CanReceiveHandler : QueueHandler
{
    private readonly CanDevice _device;
    private readonly QueueContext _queue;
    private readonly CanState _state;
    private readonly byte[] _message = new byte[CanMessage.MaxLength];
    private CanFrame _frame;
    private ulong _position;
    private readonly Lock _gate = new();
    private bool _has;
    private bool _stopped;

    public CanReceiveHandler(CanDevice device, QueueContext queue, CanState state)
    {
        (_device, _queue, _state) = (device, queue, state);
        if (!queue.Resumed) { state.Received.Clear(); }
    }

    /// <summary>One at a time; the frame that made the demand is the one that is delivered.</summary>
    public override int Demand => (_has = _has ? Port.State is CanControllerState.Started : TryFind()) ? 1 : 0;

    private ICanPort Port => _device.Port;

    public override void Handle(DescriptorChain chain)
    {
        int length = CanMessage.WriteReceive(_frame, _message);
        if (chain.ReadableLength != 0 || chain.WritableLength < (ulong)length)
        {
            _device.Warn(_queue.Name, "a buffer that is not device-writable or too small for a frame was returned empty");
            chain.Complete(0);
            return;
        }
        chain.CopyTo(0, _message.AsSpan(0, length));
        _state.Received.Write(new LedgerEntry(chain.Sequence, Port.Identity, _position, 0));
        chain.Complete((uint)length);
        Port.Consume(_position);
        _has = false;
    }

    public override void Finished(DescriptorChain chain, uint written)
    {
        if (_state.Received.TryRead(out LedgerEntry last) && last.Sequence == chain.Sequence && last.Stream == Port.Identity && Port.Identity != 0)
        {
            Port.Consume(last.Start);
        }
    }

    public override void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _device.Detach(this);
        }
    }

    /// <summary>There may be frames. Any thread.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (!_stopped) { _queue.Wake(); }
        }
    }

    private bool TryFind()
    {
        while (Port.TryPeek(out _frame, out _position, out bool isOwn, out ulong? key))
        {
            // What came after an own frame is not shown before the driver has heard that the frame was sent.
            if (isOwn && key is { } sent && !_device.HasHeardOf(sent)) { return false; }
            if (!isOwn && _device.Access.MayReceive(_frame, _queue)) { return true; }
            Port.Consume(_position);
        }
        return false;
    }
}

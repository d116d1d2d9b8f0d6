using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Can;

/// <summary>Serves the Txq: each frame is offered to the port once, under its request's number (virtio 1.4, section 5.20.5.2).</summary>
/// <remarks>
/// A request that a previous owner had begun is looked up in the port's memory: it was sent, it still waits and is adopted,
/// or it never got there and is offered now. Where the port has no such memory, it ends with an error, as it may have been sent.
/// </remarks>
internal sealed class CanTransmitHandler : QueueHandler
{
    private readonly CanDevice _device;
    private readonly QueueContext _queue;
    private readonly CanState _state;
    private readonly Queue<DescriptorChain> _waiting;
    private readonly HashSet<ulong> _unheard;
    private readonly List<ulong> _publishing;
    private readonly Lock _gate = new();
    private readonly bool _remembers;
    private readonly bool _isLate;
    private bool _stalled;
    private bool _stopped;
    private bool _isRecovered;

    public CanTransmitHandler(CanDevice device, QueueContext queue, CanState state)
    {
        (_device, _queue, _state) = (device, queue, state);
        _waiting = new(queue.Size);
        _unheard = new(2 * queue.Size);
        _publishing = new(queue.Size);
        _isLate = (queue.Features & CanFeatures.LateAcknowledgement) != 0;
        _remembers = queue.Resumed && Port.Identity != 0 && Port.Identity == state.Identity;
        if (!queue.Resumed) { Port.ForgetKeys(); }
    }

    public override ReplayClass Replay => ReplayClass.Unrepeatable;

    public override int Demand
    {
        get
        {
            int room = Port.Room;
            if (room <= 0)
            {
                // Looked at again after it was said: room that came in between is not missed.
                Volatile.Write(ref _stalled, true);
                Interlocked.MemoryBarrier();
                room = Port.Room;
            }
            return Math.Max(room, 0);
        }
    }

    private ICanPort Port => _device.Port;

    public override void Handle(DescriptorChain chain)
    {
        lock (_gate)
        {
            _unheard.Add(chain.Sequence);
            if (chain.WritableLength == 0)
            {
                _device.Warn(_queue.Name, "a frame without room for its result was dropped");
                chain.Complete(0);
            }
            else if (_remembers && Port.FateOf(chain.Sequence) is not CanFate.NeverOffered)
            {
                Accepted(chain);
            }
            else if (!CanMessage.TryReadTransmit(chain, out CanFrame frame) || !_device.Access.MaySend(frame, _queue) || !TryOffer(chain, frame))
            {
                Complete(chain, CanResult.NotOk);
            }
            else
            {
                Accepted(chain);
            }
        }
    }

    public override Resolution Resolve(DescriptorChain chain)
    {
        lock (_gate) { _unheard.Add(chain.Sequence); }
        return (_remembers ? Port.FateOf(chain.Sequence) : CanFate.Unknown) switch
        {
            CanFate.NeverOffered or CanFate.Pending => Resolution.Run,
            CanFate.Sent => Resolution.Complete(CanMessage.WriteResult(chain, CanResult.Ok)),
            _ => Resolution.Complete(CanMessage.WriteResult(chain, CanResult.NotOk)),
        };
    }

    public override bool FollowsPublication => true;

    public override void Publishing(DescriptorChain chain) => _publishing.Add(chain.Sequence);

    public override void Published()
    {
        lock (_gate)
        {
            if (_isRecovered && _publishing.Count == 0) { return; }
            _isRecovered = true;
            foreach (ulong key in _publishing) { _unheard.Remove(key); }
            _publishing.Clear();
        }
        _device.WakeReceiver();
    }

    public override void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _device.Detach(this);
            while (_waiting.TryDequeue(out DescriptorChain? chain)) { chain.Release(); }
        }
    }

    /// <summary>Whether the driver knows what became of a frame. Any thread.</summary>
    public bool HasHeardOf(ulong key)
    {
        lock (_gate) { return _isRecovered && !_unheard.Contains(key); }
    }

    /// <summary>Frames may have been sent or cancelled, or there is room. Any thread.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            if (_stopped) { return; }
            while (_waiting.TryPeek(out DescriptorChain? chain))
            {
                CanFate fate = Port.FateOf(chain.Sequence);
                if (fate is CanFate.Pending) { break; }
                _waiting.Dequeue();
                Complete(chain, fate is CanFate.Sent ? CanResult.Ok : CanResult.NotOk);
            }
            if (Volatile.Read(ref _stalled) && Port.Room > 0)
            {
                Volatile.Write(ref _stalled, false);
                _queue.Wake();
            }
        }
    }

    private bool TryOffer(DescriptorChain chain, in CanFrame frame)
    {
        if (Port.State is not CanControllerState.Started) { return false; }
        // From here on the evidence is with this port.
        if (_state.Identity != Port.Identity) { _state.Identity = Port.Identity; }
        chain.MarkStarted();
        return Port.Offer(chain.Sequence, frame);
    }

    /// <summary>The port has the frame: with late acknowledgement its request ends when the frame has been on the bus.</summary>
    private void Accepted(DescriptorChain chain)
    {
        if (!_isLate)
        {
            Complete(chain, CanResult.Ok);
            return;
        }
        _waiting.Enqueue(chain);
        if (_waiting.Count == 1) { Settle(); }
    }

    private static void Complete(DescriptorChain chain, CanResult result) => chain.Complete(CanMessage.WriteResult(chain, result));
}

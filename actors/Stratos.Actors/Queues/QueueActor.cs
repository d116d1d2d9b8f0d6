using Akka.Actor;
using Stratos.Actors.Devices;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Actors.Queues;

/// <summary>
/// Owns the pump of one virtqueue. The pump has a thread of its own; this actor starts it, stops it and learns of its
/// end. It has a thread of its own too, since a stop may wait for disk I/O.
/// </summary>
internal sealed class QueueActor : UntypedActor
{
    private readonly string _name;
    private readonly int _index;
    private readonly PumpOptions _options;
    private readonly TimeSpan _drain;
    private QueuePump? _pump;

    /// <param name="name">Device and queue name, for messages.</param>
    /// <param name="index">The virtqueue index.</param>
    /// <param name="options">How to pump.</param>
    /// <param name="drain">How long requests in flight may take when the pump stops.</param>
    public QueueActor(string name, int index, PumpOptions options, TimeSpan drain) =>
        (_name, _index, _options, _drain) = (name, index, options, drain);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StartPump start:
                Start(start);
                break;
            case StopPump when _pump is not null:
                if (Drain() is { } state)
                    Context.Parent.Tell(new DeviceEvent.QueueStopped(_index, state));
                break;
            case PumpEnded ended when ReferenceEquals(ended.Pump, _pump):
                Ended(ended.End);
                break;
            case StopPump or PumpEnded:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>However the actor goes, no pump stays behind it.</summary>
    protected override void PostStop() => Drain();

    private void Start(StartPump start)
    {
        try
        {
            if (_pump is not null)
                throw new InvalidOperationException($"{_name} has a pump already.");
            var self = Self;
            QueuePump? pump = null;
            pump = new QueuePump(_name, start.Device, start.Setup, _options, end => self.Tell(new PumpEnded(pump!, end)));
            pump.Start();
            _pump = pump;
            Context.Parent.Tell(new PumpRuns(_index, () => pump.Counters));
        }
        catch (Exception refused)
        {
            Context.Parent.Tell(new DeviceEvent.QueueStartFailed(_index, $"{_name} cannot start: {refused.Message}"));
        }
    }

    private void Ended(PumpEnd end)
    {
        // The others in flight must be over before anybody replays them, or an old completion could hit a reused buffer.
        if (Drain() is not { } state)
            return;
        switch (end)
        {
            case PumpEnd.RingFailed failed:
                Context.Parent.Tell(new DeviceEvent.RingFailed(_index, state, failed.Reason));
                break;
            case PumpEnd.Fenced:
                Context.Parent.Tell(new DeviceEvent.QueueFenced(_index, state));
                break;
            case PumpEnd.Faulted faulted:
                throw new QueueFaultException(_name, _index, state, faulted.Cause);
            default:
                throw new InvalidOperationException($"{_name}: a pump cannot end by {end}.");
        }
    }

    /// <summary>Stops the pump and gives the ring's state; null when requests stay in flight, which the device was told then.</summary>
    private QueueState? Drain()
    {
        if (_pump is not { } pump)
            return null;
        _pump = null;
        try
        {
            return pump.Stop(_drain);
        }
        catch (TimeoutException stuck)
        {
            Context.Parent.Tell(new DeviceEvent.QueueStuck(_index, stuck.Message));
            return null;
        }
    }
}

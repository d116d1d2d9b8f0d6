using Akka.Actor;
using Stratos.Actors.Partitions;
using Stratos.Actors.Queues;
using Stratos.Actors.Sessions;
using Stratos.Actors.Supervision;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Actors.Devices;

/// <summary>
/// One virtio device. Its mailbox takes the transport operations; its queues and its session are its children. It
/// decides nothing: <see cref="DeviceLifecycle"/> does, and it carries the decisions out.
/// </summary>
internal sealed partial class DeviceActor : UntypedActor, IWithTimers, IDisposable
{
    private readonly DeviceBinding _binding;
    private readonly PartitionRules _rules;
    private readonly DeviceObject _device;
    private readonly Dictionary<int, IActorRef> _queues = [];
    private readonly Dictionary<int, Func<PumpCounters>> _counters = [];
    private readonly Queue<(IActorRef Asker, DeviceOperation Operation, TimeSpan At)> _waiting = new();
    private readonly Queue<DeviceEvent> _happened = new();
    private readonly CancellationTokenSource _gone = new();
    private DeviceLife _life;
    private DeviceOperation.Attach? _offered;
    private DeviceOperation.Attach? _attachment;
    private IActorRef _asker = ActorRefs.Nobody;
    private IActorRef _session = ActorRefs.Nobody;

    /// <param name="binding">The device.</param>
    /// <param name="first">Its first object.</param>
    /// <param name="rules">What holds for every device of the partition.</param>
    public DeviceActor(DeviceBinding binding, VirtioDevice first, PartitionRules rules)
    {
        (_binding, _rules) = (binding, rules);
        _device = new DeviceObject(binding, first);
        _life = DeviceLife.Created(_device.Description, rules.Supervision);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override SupervisorStrategy SupervisorStrategy() => new DeviceSupervision(Self);

    protected override void PreStart()
    {
        var port = new ActorDevicePort(_binding.Name, Self, _rules.AnswerLimit, _gone.Token);
        _session = Context.ActorOf(
            ActorOf<SessionActor>.By(() => new SessionActor(_binding.Session, port, _rules.SessionLimit)).WithDispatcher(OwnThread.Dispatcher), "session");
        _session.Tell(RunSession.Instance);
    }

    /// <summary>Frees the session's thread before the session is waited for: nobody answers it any more.</summary>
    protected override void PostStop() => _gone.Cancel();

    /// <summary>A device actor that failed is a fault of this program; its parent ends the partition.</summary>
    protected override void PreRestart(Exception reason, object message) => _gone.Cancel();

    /// <summary>Called by the actor library when this actor, or this incarnation of it, is over.</summary>
    public void Dispose() => _gone.Dispose();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DeviceOperation operation:
                _waiting.Enqueue((Sender, operation, _rules.Now));
                break;
            case DeviceEvent.SessionEnded ended:
                // What it still wanted must not be done with memory that it has freed.
                _waiting.Clear();
                Decide(ended);
                break;
            case DeviceEvent happened:
                Decide(happened);
                break;
            case PumpRuns runs:
                _counters[runs.Index] = runs.Counters;
                Decide(new DeviceEvent.QueueStarted(runs.Index));
                break;
            case ReportDevice:
                Sender.Tell(Report());
                break;
            default:
                Unhandled(message);
                break;
        }
        while (_life.TakesOperations && _waiting.TryDequeue(out var next))
            if (_rules.Now - next.At < _rules.AnswerLimit)
                Perform(next.Asker, next.Operation);
    }

    private void Perform(IActorRef asker, DeviceOperation operation)
    {
        _asker = asker;
        switch (operation)
        {
            case DeviceOperation.Describe:
                Answer(_device.Description);
                break;
            case DeviceOperation.ReadConfig read:
                AccessConfig("configuration read", read.Offset, read.Length, () =>
                {
                    byte[] bytes = new byte[read.Length];
                    _device.Current.ReadConfig(read.Offset, bytes);
                    return bytes;
                });
                break;
            case DeviceOperation.WriteConfig write:
                AccessConfig("configuration write", write.Offset, write.Data.Length, () =>
                {
                    _device.Current.WriteConfig(write.Offset, write.Data.Span);
                    return Done.Instance;
                });
                break;
            case DeviceOperation.Attach attach:
                _offered = attach;
                Decide(new DeviceEvent.AttachAsked());
                _offered = null;
                break;
            case DeviceOperation.StartQueue start:
                Decide(new DeviceEvent.StartAsked(start.Setup));
                break;
            case DeviceOperation.StopQueue stop:
                Decide(new DeviceEvent.StopAsked(stop.Index));
                break;
            case DeviceOperation.Reset:
                Decide(new DeviceEvent.ResetAsked());
                break;
            default:
                Refuse("the operation is not one of this protocol");
                break;
        }
    }

    private void AccessConfig(string what, int offset, int length, Func<object> access)
    {
        if (_device.RangeFault(offset, length) is { } fault)
        {
            Refuse(fault);
            return;
        }
        Guard(what, () => Answer(access()), cause => Refuse(cause));
    }

    private void Decide(DeviceEvent happened)
    {
        _happened.Enqueue(happened);
        while (_happened.TryDequeue(out var next))
        {
            var decided = DeviceLifecycle.Apply(_life, next, _rules.Now);
            _life = decided.Life;
            foreach (var command in decided.Commands)
                Execute(command);
        }
    }

    private void Answer(object reply)
    {
        _asker.Tell(reply);
        _asker = ActorRefs.Nobody;
    }

    private void Refuse(string reason) => Answer(new OperationRefused(reason));

    private DeviceReport Report() => new(_life.Device, _life.Phase, _life.Restarts.Recent.Length, [.. _life.Queues.Select(queue => new QueueReport(
        queue.Key,
        _life.Device.Queues[queue.Key].Name,
        queue.Value.GetType().Name,
        _life.QueueRestarts.GetValueOrDefault(queue.Key, RestartHistory.Clean).Recent.Length,
        _counters.GetValueOrDefault(queue.Key)?.Invoke() ?? default))]);
}

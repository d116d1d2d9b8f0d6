using Akka.Actor;
using Akka.Event;
using Stratos.Actors.Partitions;
using Stratos.Actors.Queues;
using Stratos.Actors.Sessions;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Devices;

/// <content>Carries decisions out.</content>
internal sealed partial class DeviceActor
{
    private void Execute(DeviceCommand command)
    {
        switch (command)
        {
            case DeviceCommand.Answer answer:
                Answer(answer.Reply);
                break;
            case DeviceCommand.Refuse refuse:
                Refuse(refuse.Reason);
                break;
            case DeviceCommand.Forget:
                _asker = ActorRefs.Nobody;
                break;
            case DeviceCommand.Activate:
                Guard("activation", Activate);
                break;
            case DeviceCommand.ResetDevice:
                Guard("reset", () =>
                {
                    _device.Reset();
                    _happened.Enqueue(new DeviceEvent.ResetDone());
                });
                break;
            case DeviceCommand.Discard:
                Discard();
                break;
            case DeviceCommand.StartQueue start:
                // A device whose making fails is a device that failed.
                Guard("creation", () => QueueOf(start.Setup.Index).Tell(new StartPump(_device.Current, start.Setup)));
                break;
            case DeviceCommand.StopQueue stop:
                QueueOf(stop.Index).Tell(StopPump.Instance);
                break;
            case DeviceCommand.TellQueueFailed failed:
                _attachment?.Events.QueueFailed(failed.Index, failed.Reason);
                break;
            default:
                ExecuteBeyondQueues(command);
                break;
        }
    }

    private void ExecuteBeyondQueues(DeviceCommand command)
    {
        switch (command)
        {
            case DeviceCommand.DelayQueue delay:
                Timers.StartSingleTimer(delay.Index, new DeviceEvent.QueueDelayOver(delay.Index), delay.After);
                break;
            case DeviceCommand.DelayDevice delay:
                Timers.StartSingleTimer(nameof(DeviceEvent.DeviceDelayOver), new DeviceEvent.DeviceDelayOver(), delay.After);
                break;
            case DeviceCommand.DelaySession delay:
                Timers.StartSingleTimer(nameof(DeviceEvent.SessionDelayOver), new DeviceEvent.SessionDelayOver(), delay.After);
                break;
            case DeviceCommand.RunSession:
                _session.Tell(RunSession.Instance);
                break;
            case DeviceCommand.StopSession:
                _session.Tell(StopSession.Instance);
                break;
            case DeviceCommand.Report report:
                Publish(report.Step, report.Unit, report.Number, report.After, report.Cause);
                break;
            case DeviceCommand.EndPartition end:
                Context.Parent.Tell(new DeviceLost(_binding.Name, end.Cause));
                break;
            case DeviceCommand.Closed:
                Context.Parent.Tell(new DeviceClosed(_binding.Name));
                break;
            default:
                throw new InvalidOperationException($"{command} is not a command to a device.");
        }
    }

    private void Activate()
    {
        // A device that is made anew after a failure gets what its session had brought.
        var attachment = _attachment = _offered ?? _attachment ?? throw new InvalidOperationException("Nothing was attached.");
        if (attachment.State.Bytes.Length < _life.Device.StateLength)
            throw new ArgumentException($"the session brought {attachment.State.Bytes.Length} bytes of state, and the device needs {_life.Device.StateLength}");
        // Both are called from the device's threads, where there is no actor context.
        var events = Context.System.EventStream;
        string name = _binding.Name;
        _device.Activate(
            attachment.State,
            attachment.Events.ConfigChanged,
            line => events.Publish(new Warning(null, name, typeof(DeviceActor), line)),
            what => events.Publish(new SupervisionEvent(DateTimeOffset.UtcNow, SupervisionStep.DeviceReported, name, 0, TimeSpan.Zero, what)));
        _happened.Enqueue(new DeviceEvent.Activated());
    }

    private void Discard()
    {
        try
        {
            _device.Discard();
        }
        catch (Exception ignored)
        {
            Publish(SupervisionStep.DeviceDiscarded, _binding.Name, 0, TimeSpan.Zero, $"its deactivation failed: {ignored.Message}");
        }
    }

    /// <summary>Runs device code; when that throws, the device has failed.</summary>
    private void Guard(string what, Action access, Action<string>? refuse = null)
    {
        try
        {
            access();
        }
        catch (Exception fault)
        {
            string cause = $"its {what} failed: {fault.GetType().Name}: {fault.Message}";
            refuse?.Invoke(cause);
            if (refuse is null)
                _happened.Enqueue(new DeviceEvent.DeviceFaulted(cause));
            else
                Decide(new DeviceEvent.DeviceFaulted(cause));
        }
    }

    private IActorRef QueueOf(int index)
    {
        if (!_queues.TryGetValue(index, out var queue))
        {
            string name = _life.QueueName(index);
            queue = Context.ActorOf(
                ActorOf<QueueActor>.By(() => new QueueActor(name, index, _binding.Options, _rules.DrainLimit)).WithDispatcher(OwnThread.Dispatcher), $"queue-{index}");
            _queues[index] = queue;
        }
        return queue;
    }

    private static void Publish(SupervisionStep step, string unit, int number, TimeSpan after, string cause) =>
        Context.System.EventStream.Publish(new SupervisionEvent(DateTimeOffset.UtcNow, step, unit, number, after, cause));
}

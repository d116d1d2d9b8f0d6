using System.Collections.Immutable;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Actors.Devices;

/// <summary>
/// Decides what an event means for a device: a pure function of the life so far, the event and the time. The actor
/// carries the commands out; the events that they lead to come back here.
/// </summary>
public static partial class DeviceLifecycle
{
    /// <summary>Decides.</summary>
    /// <param name="life">The life so far.</param>
    /// <param name="happened">The event.</param>
    /// <param name="now">When it happened, since an origin that is the same for all events of this life.</param>
    public static DeviceTransition Apply(DeviceLife life, DeviceEvent happened, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(life);
        var decided = happened switch
        {
            DeviceEvent.AttachAsked => Attach(life),
            DeviceEvent.StartAsked start => Start(life, start.Setup),
            DeviceEvent.StopAsked stop => Stop(life, stop.Index),
            DeviceEvent.ResetAsked => Reset(life),
            DeviceEvent.CloseAsked => Close(life),
            DeviceEvent.Activated => Activated(life),
            DeviceEvent.ResetDone => ResetDone(life),
            DeviceEvent.DeviceFaulted fault => DeviceFaulted(life, fault.Cause, now),
            DeviceEvent.QueueStarted started => QueueStarted(life, started.Index),
            DeviceEvent.QueueStartFailed failed => QueueStartFailed(life, failed, now),
            DeviceEvent.QueueStopped stopped => QueueStopped(life, stopped.Index, stopped.State),
            DeviceEvent.QueueFaulted fault => QueueFaulted(life, fault, now),
            DeviceEvent.RingFailed failed => RingFailed(life, failed),
            DeviceEvent.QueueFenced fenced => QueueFenced(life, fenced),
            DeviceEvent.QueueStuck stuck => QueueStuck(life, stuck),
            DeviceEvent.SessionEnded ended => SessionEnded(life, ended.Cause, now),
            DeviceEvent.QueueDelayOver over => QueueDelayOver(life, over.Index),
            DeviceEvent.DeviceDelayOver => DeviceDelayOver(life),
            DeviceEvent.SessionDelayOver => SessionDelayOver(life),
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "not an event of a device"),
        };
        return decided.Then(Settle);
    }

    /// <summary>Does what was waiting for the queues to come to rest.</summary>
    private static DeviceTransition Settle(DeviceLife life)
    {
        if (life.Queues.Values.Any(queue => queue.HasPump))
            return DeviceTransition.To(life);
        return life switch
        {
            { Phase: DevicePhase.Recycling } => DeviceTransition.To(
                life with { Phase = DevicePhase.Resting }, new DeviceCommand.Discard(), new DeviceCommand.DelayDevice(life.RestAfter)),
            { Asked: Owed.Reset, Phase: DevicePhase.Attached or DevicePhase.Closing } when life.Queues.Count > 0 => DeviceTransition.To(
                life with { Queues = life.Queues.Clear() }, new DeviceCommand.ResetDevice()),
            { Phase: DevicePhase.Closing, SessionOver: true } => DeviceTransition.To(
                life with { Phase = DevicePhase.Closed, Queues = life.Queues.Clear() }, new DeviceCommand.Discard(), new DeviceCommand.Closed()),
            _ => DeviceTransition.To(life),
        };
    }

    /// <summary>Stops every pump and forgets every planned restart.</summary>
    private static DeviceTransition StopAll(DeviceLife life, bool revive)
    {
        var commands = ImmutableList.CreateBuilder<DeviceCommand>();
        var queues = life.Queues.ToBuilder();
        foreach (var (index, queue) in life.Queues)
        {
            if (queue is QueueLife.Starting or QueueLife.Running)
                commands.Add(new DeviceCommand.StopQueue(index));
            queues[index] = queue switch
            {
                QueueLife.Starting starting => new QueueLife.Stopping(starting.Setup, revive),
                QueueLife.Running running => new QueueLife.Stopping(running.Setup, revive),
                QueueLife.Stopping stopping => stopping with { Revive = stopping.Revive && revive },
                QueueLife.Waiting waiting when !revive => new QueueLife.Stopped(waiting.Setup.State),
                _ => queue,
            };
        }
        return new(life with { Queues = queues.ToImmutable() }, commands.ToImmutable());
    }

    private static DeviceLife With(this DeviceLife life, int index, QueueLife queue) =>
        life with { Queues = life.Queues.SetItem(index, queue) };

    private static DeviceTransition AnswerDone(DeviceLife life) =>
        DeviceTransition.To(life with { Asked = null }, new DeviceCommand.Answer(Done.Instance));
}

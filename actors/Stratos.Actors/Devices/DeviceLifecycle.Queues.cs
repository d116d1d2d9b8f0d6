using Stratos.Actors.Supervision;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Actors.Devices;

/// <content>What becomes of queues.</content>
public static partial class DeviceLifecycle
{
    private static DeviceTransition QueueStarted(DeviceLife life, int index)
    {
        // A queue that is stopping already was asked to while it started; its end follows.
        if (life.Queues.GetValueOrDefault(index) is not QueueLife.Starting starting)
            return DeviceTransition.To(life);
        var running = DeviceTransition.To(life.With(index, new QueueLife.Running(starting.Setup)));
        if (life.Asked == new Owed.Start(index))
            running = running.Then(AnswerDone);
        return starting.Again
            ? running.Then(new DeviceCommand.Report(SupervisionStep.QueueRestarted, life.QueueName(index), 0, TimeSpan.Zero, ""))
            : running;
    }

    private static DeviceTransition QueueStartFailed(DeviceLife life, DeviceEvent.QueueStartFailed failed, TimeSpan now)
    {
        if (life.Queues.GetValueOrDefault(failed.Index) is not QueueLife.Starting { Setup: var setup })
            return QueueStopped(life, failed.Index, StateOf(life, failed.Index));
        return life.Asked == new Owed.Start(failed.Index)
            ? DeviceTransition.To(
                life.With(failed.Index, new QueueLife.Stopped(setup.State)) with { Asked = null }, new DeviceCommand.Refuse(failed.Cause))
            : QueueFaulted(life, new(failed.Index, setup.State, failed.Cause), now);
    }

    private static DeviceTransition QueueStopped(DeviceLife life, int index, QueueState state)
    {
        if (life.Queues.GetValueOrDefault(index) is not QueueLife.Stopping stopping)
            return DeviceTransition.To(life);
        if (stopping.Revive && life.Asked != new Owed.Stop(index))
            return DeviceTransition.To(life.With(index, new QueueLife.Waiting(stopping.Setup with { State = state })));
        return AnswerStop(life.With(index, new QueueLife.Stopped(state)), index, state);
    }

    private static DeviceTransition QueueFaulted(DeviceLife life, DeviceEvent.QueueFaulted fault, TimeSpan now)
    {
        int index = fault.Index;
        var setup = life.Queues.GetValueOrDefault(index) switch
        {
            QueueLife.Starting starting => starting.Setup,
            QueueLife.Running running => running.Setup,
            _ => null,
        };
        if (setup is null)
            return QueueStopped(life, index, fault.State);
        life = life.With(index, new QueueLife.Waiting(setup with { State = fault.State }));
        var settled = life.Asked == new Owed.Start(index) ? AnswerDone(life) : DeviceTransition.To(life);
        if (life.Phase != DevicePhase.Attached)
            // The device closes: nothing is restarted any more.
            return settled.Then(StopPlans);

        var (history, verdict) = life.QueueRestarts.GetValueOrDefault(index, RestartHistory.Clean).Failed(life.Policy.Queue, now);
        settled = settled with { Life = settled.Life with { QueueRestarts = life.QueueRestarts.SetItem(index, history) } };
        return verdict switch
        {
            RestartVerdict.Restart restart => settled.Then(
                new DeviceCommand.Report(SupervisionStep.QueueRestarting, life.QueueName(index), restart.Number, restart.After, fault.Cause),
                new DeviceCommand.DelayQueue(index, restart.After)),
            RestartVerdict.GiveUp given => settled.Then(
                l => Recycle(l, $"{l.QueueName(index)} failed again after {given.Restarts} restarts: {fault.Cause}", now)),
            _ => throw new InvalidOperationException($"{verdict} is not a verdict on a queue."),
        };
    }

    private static DeviceTransition RingFailed(DeviceLife life, DeviceEvent.RingFailed failed) =>
        EndedForGood(life, failed.Index, failed.State, failed.Reason, SupervisionStep.QueueFailed)
            .Then(new DeviceCommand.TellQueueFailed(failed.Index, failed.Reason));

    private static DeviceTransition QueueFenced(DeviceLife life, DeviceEvent.QueueFenced fenced) =>
        EndedForGood(life, fenced.Index, fenced.State, "its epoch is over; somebody else owns the queue", SupervisionStep.QueueFenced);

    private static DeviceTransition EndedForGood(DeviceLife life, int index, QueueState state, string reason, SupervisionStep step)
    {
        var report = new DeviceCommand.Report(step, life.QueueName(index), 0, TimeSpan.Zero, reason);
        return life.Queues.GetValueOrDefault(index) switch
        {
            // It was being stopped anyway; what stopped it first makes no difference to who asked.
            QueueLife.Stopping { Revive: false } => QueueStopped(life, index, state).Then(report),
            { HasPump: true } => AnswerStop(life.With(index, new QueueLife.Failed(state, reason)), index, state)
                .Then(l => l.Asked == new Owed.Start(index) ? AnswerDone(l) : DeviceTransition.To(l))
                .Then(report),
            _ => DeviceTransition.To(life),
        };
    }

    private static DeviceTransition QueueDelayOver(DeviceLife life, int index) =>
        // A stopped queue's or a recycled device's delay may still run out; it means nothing then.
        life is { Phase: DevicePhase.Attached } && life.Queues.GetValueOrDefault(index) is QueueLife.Waiting waiting
            ? DeviceTransition.To(life.With(index, new QueueLife.Starting(waiting.Setup, Again: true)), new DeviceCommand.StartQueue(waiting.Setup))
            : DeviceTransition.To(life);

    private static DeviceTransition AnswerStop(DeviceLife life, int index, QueueState state) =>
        life.Asked == new Owed.Stop(index)
            ? DeviceTransition.To(life with { Asked = null }, new DeviceCommand.Answer(state))
            : DeviceTransition.To(life);

    private static QueueState StateOf(DeviceLife life, int index) => life.Queues.GetValueOrDefault(index) switch
    {
        QueueLife.Stopping stopping => stopping.Setup.State,
        _ => QueueState.Initial,
    };
}

using Stratos.Actors.Supervision;

namespace Stratos.Actors.Devices;

/// <content>What becomes of the device itself and of its session.</content>
public static partial class DeviceLifecycle
{
    private static DeviceTransition Activated(DeviceLife life)
    {
        if (life.Phase == DevicePhase.Attaching)
            return AnswerDone(life with { Phase = DevicePhase.Attached, HasState = true });
        if (life.Phase != DevicePhase.Reviving)
            return DeviceTransition.To(life);
        var revived = Restarted(life with { Phase = DevicePhase.Attached });
        foreach (var (index, queue) in life.Queues)
            if (queue is QueueLife.Waiting waiting)
                revived = revived.Then(l => DeviceTransition.To(
                    l.With(index, new QueueLife.Starting(waiting.Setup, Again: true)), new DeviceCommand.StartQueue(waiting.Setup)));
        return revived;
    }

    private static DeviceTransition ResetDone(DeviceLife life) => life.Asked is Owed.Reset ? AnswerDone(life) : DeviceTransition.To(life);

    private static DeviceTransition DeviceFaulted(DeviceLife life, string cause, TimeSpan now) => life.Phase switch
    {
        // Nothing was served yet: whoever attaches learns it and may try again.
        DevicePhase.Attaching => DeviceTransition.To(
            life with { Phase = DevicePhase.Idle, Asked = null, HasState = false }, new DeviceCommand.Refuse(cause), new DeviceCommand.Discard()),
        DevicePhase.Idle or DevicePhase.Attached or DevicePhase.Reviving => Recycle(life, cause, now),
        // It is given up anyway; a reset that is owed is as good as done.
        _ => ResetDone(life),
    };

    /// <summary>Stops all queues, then makes the device anew; or gives up.</summary>
    private static DeviceTransition Recycle(DeviceLife life, string cause, TimeSpan now)
    {
        var (history, verdict) = life.Restarts.Failed(life.Policy.Device, now);
        if (verdict is not RestartVerdict.Restart restart)
            return Lose(life with { Restarts = history }, $"{life.Device.Name} failed again after {history.Recent.Length} restarts: {cause}");
        bool resetting = life.Asked is Owed.Reset;
        return StopAll(life with
        {
            Phase = DevicePhase.Recycling,
            Restarts = history,
            RestAfter = restart.After,
            QueueRestarts = life.QueueRestarts.Clear(),
        }, revive: !resetting).Then(new DeviceCommand.Report(
            SupervisionStep.DeviceRestarting, life.Device.Name, restart.Number, restart.After, cause));
    }

    private static DeviceTransition DeviceDelayOver(DeviceLife life)
    {
        if (life.Phase != DevicePhase.Resting)
            return DeviceTransition.To(life);
        return life.HasState
            ? DeviceTransition.To(life with { Phase = DevicePhase.Reviving }, new DeviceCommand.Activate())
            : Restarted(life with { Phase = DevicePhase.Idle });
    }

    private static DeviceTransition Restarted(DeviceLife life)
    {
        var restarted = DeviceTransition.To(life, new DeviceCommand.Report(
            SupervisionStep.DeviceRestarted, life.Device.Name, 0, TimeSpan.Zero, ""));
        // A device made anew has forgotten what the driver had set up.
        return life.Asked is Owed.Reset ? restarted.Then(l => AnswerDone(l with { Queues = l.Queues.Clear() })) : restarted;
    }

    private static DeviceTransition QueueStuck(DeviceLife life, DeviceEvent.QueueStuck stuck)
    {
        // Its requests may still touch guest memory at any time; no restart within this process can be safe.
        string reason = $"{life.QueueName(stuck.Index)} cannot be stopped: {stuck.Cause}";
        return Lose(life.With(stuck.Index, new QueueLife.Stuck(reason)), reason);
    }

    private static DeviceTransition Lose(DeviceLife life, string reason)
    {
        var refused = life.Asked is null
            ? DeviceTransition.To(life)
            : DeviceTransition.To(life with { Asked = null }, new DeviceCommand.Refuse(reason));
        return refused
            // A session that learns of this leaves and frees its memory: no pump may run on it then.
            .Then(l => StopAll(l with { Phase = l.Phase == DevicePhase.Closing ? DevicePhase.Closing : DevicePhase.Lost }, revive: false))
            .Then(new DeviceCommand.Report(SupervisionStep.PartitionEnding, life.Device.Name, 0, TimeSpan.Zero, reason),
                new DeviceCommand.EndPartition(reason));
    }

    private static DeviceTransition SessionEnded(DeviceLife life, string cause, TimeSpan now)
    {
        var forgotten = life.Asked is null
            ? DeviceTransition.To(life)
            : DeviceTransition.To(life with { Asked = null }, new DeviceCommand.Forget());
        if (life.Phase is DevicePhase.Closing)
            return forgotten.Then(l => StopAll(l with { SessionOver = true }, revive: false));
        if (life.Phase is DevicePhase.Lost or DevicePhase.Closed)
            return forgotten;
        var (history, verdict) = life.SessionRestarts.Failed(life.Policy.Session, now);
        var restart = (RestartVerdict.Restart)verdict;
        return forgotten
            // A session stops its queues before it leaves; one that failed to must not leave a pump on memory that it frees.
            .Then(l => StopAll(l with { SessionRestarts = history }, revive: false))
            .Then(new DeviceCommand.Report(SupervisionStep.SessionRestarting, life.Device.Name, restart.Number, restart.After, cause),
                new DeviceCommand.DelaySession(restart.After));
    }

    private static DeviceTransition SessionDelayOver(DeviceLife life) =>
        life.Phase is DevicePhase.Closing or DevicePhase.Closed or DevicePhase.Lost
            ? DeviceTransition.To(life)
            : DeviceTransition.To(life, new DeviceCommand.RunSession());
}

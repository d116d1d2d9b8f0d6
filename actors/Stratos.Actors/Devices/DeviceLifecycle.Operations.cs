using System.Numerics;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Actors.Devices;

/// <content>What a session or the partition asks for.</content>
public static partial class DeviceLifecycle
{
    /// <summary>Bit 30 was never a device's: sessions of the vhost family use it among themselves.</summary>
    private const ulong SessionFeatures = 1UL << 30;

    private static DeviceTransition Attach(DeviceLife life)
    {
        if (life.Phase is not (DevicePhase.Idle or DevicePhase.Attached))
            return Refuse(life, NotServing(life));
        if (life.Queues.FirstOrDefault(queue => queue.Value is not (QueueLife.Stopped or QueueLife.Failed)) is { Value: not null } live)
            return Refuse(life, $"{life.QueueName(live.Key)} is still {Name(live.Value)} for the session before; stop it first");
        return DeviceTransition.To(
            life with { Phase = DevicePhase.Attaching, Asked = new Owed.Attach(), Queues = life.Queues.Clear() }, new DeviceCommand.Activate());
    }

    private static DeviceTransition Start(DeviceLife life, QueueSetup setup)
    {
        if (life.Phase != DevicePhase.Attached)
            return Refuse(life, NotServing(life));
        if (Fault(life, setup) is { } fault)
            return Refuse(life, fault);
        return life.Queues.GetValueOrDefault(setup.Index) switch
        {
            null or QueueLife.Stopped => DeviceTransition.To(
                life.With(setup.Index, new QueueLife.Starting(setup, Again: false)) with { Asked = new Owed.Start(setup.Index) },
                new DeviceCommand.StartQueue(setup)),
            QueueLife.Stuck stuck => Refuse(life, stuck.Reason),
            QueueLife.Failed failed => Refuse(life, $"{life.QueueName(setup.Index)} has failed ({failed.Reason}); stop the queue or reset the device first"),
            var live => Refuse(life, $"{life.QueueName(setup.Index)} is already {Name(live)}; stop it first"),
        };
    }

    private static DeviceTransition Stop(DeviceLife life, int index)
    {
        if (index < 0 || index >= life.Device.Queues.Count)
            return Refuse(life, NoSuchQueue(life, index));
        return life.Queues.GetValueOrDefault(index) switch
        {
            null => DeviceTransition.To(life, new DeviceCommand.Answer(QueueState.Initial)),
            QueueLife.Stopped stopped => DeviceTransition.To(life, new DeviceCommand.Answer(stopped.State)),
            QueueLife.Failed failed => StoppedAt(life, index, failed.State),
            QueueLife.Waiting waiting => StoppedAt(life, index, waiting.Setup.State),
            QueueLife.Running running => DeviceTransition.To(
                life.With(index, new QueueLife.Stopping(running.Setup, Revive: false)) with { Asked = new Owed.Stop(index) },
                new DeviceCommand.StopQueue(index)),
            QueueLife.Stuck stuck => Refuse(life, stuck.Reason),
            var changing => Refuse(life, $"{life.QueueName(index)} is {Name(changing)}"),
        };
    }

    private static DeviceTransition Reset(DeviceLife life) => life.Phase switch
    {
        DevicePhase.Idle or DevicePhase.Closed => DeviceTransition.To(life, new DeviceCommand.Answer(Done.Instance)),
        // With queues, the device is reset once they have come to rest; see Settle.
        DevicePhase.Attached or DevicePhase.Closing when life.Queues.Count > 0 => StopAll(life with { Asked = new Owed.Reset() }, revive: false),
        DevicePhase.Attached or DevicePhase.Closing => DeviceTransition.To(life with { Asked = new Owed.Reset() }, new DeviceCommand.ResetDevice()),
        _ => Refuse(life, NotServing(life)),
    };

    private static DeviceTransition Close(DeviceLife life) =>
        life.Phase is DevicePhase.Closing or DevicePhase.Closed
            ? DeviceTransition.To(life)
            : StopPlans(life with { Phase = DevicePhase.Closing }).Then(new DeviceCommand.StopSession());

    /// <summary>No restart is carried out any more; running queues stay for the session to stop.</summary>
    private static DeviceTransition StopPlans(DeviceLife life)
    {
        foreach (var (index, queue) in life.Queues)
            life = queue switch
            {
                QueueLife.Waiting waiting => life.With(index, new QueueLife.Stopped(waiting.Setup.State)),
                QueueLife.Stopping stopping => life.With(index, stopping with { Revive = false }),
                _ => life,
            };
        return DeviceTransition.To(life);
    }

    private static DeviceTransition StoppedAt(DeviceLife life, int index, QueueState state) =>
        DeviceTransition.To(life.With(index, new QueueLife.Stopped(state)), new DeviceCommand.Answer(state));

    private static DeviceTransition Refuse(DeviceLife life, string reason) => DeviceTransition.To(life, new DeviceCommand.Refuse(reason));

    private static string? Fault(DeviceLife life, QueueSetup setup)
    {
        if (setup.Index < 0 || setup.Index >= life.Device.Queues.Count)
            return NoSuchQueue(life, setup.Index);
        ushort most = life.Device.Queues[setup.Index].MaxSize;
        if (setup.Size == 0 || setup.Size > most)
            return $"queue size {setup.Size} of {life.QueueName(setup.Index)} is not within 1 to {most}";
        if ((setup.Features & VirtioFeatures.RingPacked) == 0 && !BitOperations.IsPow2(setup.Size))
            return $"queue size {setup.Size} of {life.QueueName(setup.Index)} is not a power of two, as a split ring needs it";
        if ((setup.Features & ~(life.Device.Features | SessionFeatures)) is not 0 and var foreign)
            return $"features 0x{foreign:x} were not offered";
        if ((life.Device.RequiredFeatures & ~setup.Features) is not 0 and var missing)
            return $"features 0x{missing:x} are required and the driver did not negotiate them; use a driver that knows them";
        return null;
    }

    private static string NoSuchQueue(DeviceLife life, int index) =>
        $"queue {index} does not exist; {life.Device.Name} has queues 0 to {life.Device.Queues.Count - 1}";

    private static string NotServing(DeviceLife life) => life.Phase switch
    {
        DevicePhase.Idle => "no session has attached its state; attach first",
        DevicePhase.Closing or DevicePhase.Closed => "the device is being given up",
        DevicePhase.Lost => "the device failed for good and its process ends",
        _ => $"the device is {Name(life.Phase)}",
    };

    private static string Name(QueueLife queue) => queue.GetType().Name.ToLowerInvariant();

    private static string Name(DevicePhase phase) => phase.ToString().ToLowerInvariant();
}

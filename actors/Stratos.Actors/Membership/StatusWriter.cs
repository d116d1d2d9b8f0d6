using Stratos.Actors.Devices;
using Stratos.Actors.Membership.Contracts;
using Stratos.Actors.Partitions;
using Stratos.Actors.Settings;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Membership;

/// <summary>Writes a partition's report as the contract that other partitions read.</summary>
/// <param name="settings">The partition.</param>
/// <param name="instance">This start of the process.</param>
internal sealed class StatusWriter(FabricSettings settings, ulong instance)
{
    private const int MostNotices = 16;
    private readonly Queue<SupervisionNotice> _notices = new();
    private ulong _revision;

    /// <summary>Remembers a step of supervision for the next statuses.</summary>
    public void Note(SupervisionEvent step)
    {
        if (_notices.Count == MostNotices)
            _notices.Dequeue();
        _notices.Enqueue(new SupervisionNotice
        {
            AtUnixMs = step.At.ToUnixTimeMilliseconds(),
            Step = step.Step.ToString(),
            Unit = step.Unit,
            Cause = step.Cause,
        });
    }

    /// <summary>Writes the next status.</summary>
    public PartitionStatus Write(PartitionReport report)
    {
        var status = new PartitionStatus
        {
            Name = settings.Name,
            Role = MemberConfiguration.Name(settings.Role),
            Instance = instance,
            Revision = ++_revision,
        };
        status.Devices.AddRange(report.Devices.Select(Write));
        status.Supervision.AddRange(_notices);
        return status;
    }

    private static DeviceStatus Write(DeviceReport device)
    {
        var status = new DeviceStatus
        {
            Name = device.Device.Name,
            VirtioId = (uint)device.Device.Id,
            Phase = Write(device.Phase),
            Restarts = (uint)device.Restarts,
        };
        status.Queues.AddRange(device.Queues.Select(queue => new QueueStatus
        {
            Index = (uint)queue.Index,
            Name = queue.Name,
            Phase = WriteQueuePhase(queue.Phase),
            Restarts = (uint)queue.Restarts,
            Fetched = queue.Counters.Fetched,
            Completed = queue.Counters.Completed,
            Recovered = queue.Counters.Recovered,
        }));
        return status;
    }

    private static Contracts.DevicePhase Write(Devices.DevicePhase phase) => phase switch
    {
        Devices.DevicePhase.Idle or Devices.DevicePhase.Attaching => Contracts.DevicePhase.Idle,
        Devices.DevicePhase.Attached => Contracts.DevicePhase.Serving,
        Devices.DevicePhase.Recycling or Devices.DevicePhase.Resting or Devices.DevicePhase.Reviving => Contracts.DevicePhase.Restarting,
        Devices.DevicePhase.Closing or Devices.DevicePhase.Closed => Contracts.DevicePhase.Closing,
        Devices.DevicePhase.Lost => Contracts.DevicePhase.Lost,
        _ => Contracts.DevicePhase.Unknown,
    };

    private static QueuePhase WriteQueuePhase(string phase) => phase switch
    {
        nameof(QueueLife.Stopped) => QueuePhase.Stopped,
        nameof(QueueLife.Running) or nameof(QueueLife.Stopping) => QueuePhase.Running,
        nameof(QueueLife.Starting) or nameof(QueueLife.Waiting) => QueuePhase.Restarting,
        nameof(QueueLife.Failed) or nameof(QueueLife.Stuck) => QueuePhase.Failed,
        _ => QueuePhase.Unknown,
    };
}

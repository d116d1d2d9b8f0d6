using System.Collections.Immutable;
using Stratos.Actors.Supervision;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Actors.Devices;

/// <summary>All that decides what happens next to a device and its queues. A pure value; <see cref="DeviceLifecycle"/> moves it.</summary>
public sealed record DeviceLife
{
    /// <summary>Makes the life of a device that has just been created.</summary>
    public static DeviceLife Created(DeviceDescription device, SupervisionPolicy policy) => new() { Device = device, Policy = policy };

    /// <summary>What the device said of itself.</summary>
    public required DeviceDescription Device { get; init; }

    /// <summary>How failures are answered.</summary>
    public required SupervisionPolicy Policy { get; init; }

    /// <summary>The phase.</summary>
    public DevicePhase Phase { get; init; } = DevicePhase.Idle;

    /// <summary>The queues that were ever started since the session attached, by virtqueue index.</summary>
    public ImmutableSortedDictionary<int, QueueLife> Queues { get; init; } = ImmutableSortedDictionary<int, QueueLife>.Empty;

    /// <summary>The operation whose answer is still owed; null for none.</summary>
    public Owed? Asked { get; init; }

    /// <summary>Whether a session has given the device its state.</summary>
    public bool HasState { get; init; }

    /// <summary>Whether the session has ended since the device began to close.</summary>
    public bool SessionOver { get; init; }

    /// <summary>The back-off that follows once the queues of a failed device are stopped.</summary>
    public TimeSpan RestAfter { get; init; }

    /// <summary>Restarts of the device.</summary>
    public RestartHistory Restarts { get; init; } = RestartHistory.Clean;

    /// <summary>Restarts of each queue since its device was made.</summary>
    public ImmutableDictionary<int, RestartHistory> QueueRestarts { get; init; } = ImmutableDictionary<int, RestartHistory>.Empty;

    /// <summary>Restarts of the session.</summary>
    public RestartHistory SessionRestarts { get; init; } = RestartHistory.Clean;

    /// <summary>Whether the next operation may be taken now; otherwise it waits its turn.</summary>
    public bool TakesOperations =>
        Asked is null &&
        Phase is DevicePhase.Idle or DevicePhase.Attached or DevicePhase.Closing or DevicePhase.Closed or DevicePhase.Lost &&
        !Queues.Values.Any(queue => queue.IsChanging);

    /// <summary>Device and queue name, as in messages: <c>disk0/requestq</c>.</summary>
    public string QueueName(int index) => $"{Device.Name}/{Device.Queues[index].Name}";
}

using System.Collections.Concurrent;
using Stratos.Actors.Devices;
using Stratos.Actors.Partitions;
using Stratos.Actors.Settings;
using Stratos.Actors.Supervision;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Testing;

namespace Stratos.Actors.Tests.Testing;

/// <summary>A partition with one plain device, its scripted session, and what supervision did.</summary>
internal sealed class PartitionRig : IAsyncDisposable
{
    private readonly ConcurrentQueue<SupervisionEvent> _steps = new();
    private readonly ConcurrentQueue<PlainDevice> _made = new();
    private readonly Func<QueueContext, QueueHandler> _handlers;

    private PartitionRig(Func<QueueContext, QueueHandler> handlers) => _handlers = handlers;

    public ScriptedSession Session { get; } = new();

    public RecordedEvents Events { get; } = new();

    public DeviceState State { get; } = DeviceState.Local(16);

    public PartitionHost Partition { get; private set; } = null!;

    public IReadOnlyList<SupervisionEvent> Steps => [.. _steps];

    public IReadOnlyList<PlainDevice> Made => [.. _made];

    public Action OnReset { get; set; } = static () => { };

    public Action OnDeactivate { get; set; } = static () => { };

    public static async Task<PartitionRig> StartAsync(Func<QueueContext, QueueHandler> handlers, FabricSettings? settings = null)
    {
        var rig = new PartitionRig(handlers);
        var binding = new DeviceBinding("dev0", rig.Make, rig.Session, new PumpOptions());
        rig.Partition = await PartitionHost.StartAsync(settings ?? TestSettings.Alone, [binding], TextWriter.Null, rig._steps.Enqueue);
        await rig.Session.Perform(new DeviceOperation.Attach(rig.State, rig.Events));
        return rig;
    }

    public Task Start(QueueRig queue) => Session.Perform(new DeviceOperation.StartQueue(queue.Setup));

    public Task<QueueState> Stop(QueueRig queue) => Session.Perform(new DeviceOperation.StopQueue(queue.Setup.Index));

    /// <summary>Waits for the partition's end.</summary>
    public Task<PartitionEnd> End() => Partition.Terminated.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public void WaitForStep(SupervisionStep step) => WaitFor.Condition(() => _steps.Any(seen => seen.Step == step), $"{step}");

    public async ValueTask DisposeAsync()
    {
        await Partition.DisposeAsync();
        State.Dispose();
    }

    private PlainDevice Make()
    {
        var device = new PlainDevice { Handlers = _handlers, OnReset = () => OnReset(), OnDeactivate = () => OnDeactivate() };
        _made.Enqueue(device);
        return device;
    }
}

using System.Collections.Immutable;
using Akka.Actor;
using Stratos.Actors.Devices;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Actors.Partitions;

/// <summary>The devices of one partition, and its end.</summary>
internal sealed class PartitionActor : UntypedActor
{
    private readonly ImmutableArray<(DeviceBinding Binding, VirtioDevice First)> _bindings;
    private readonly PartitionRules _rules;
    private readonly TaskCompletionSource<PartitionEnd> _end;
    private readonly Dictionary<string, IActorRef> _open = [];
    private bool _closing;

    /// <param name="bindings">The devices, each with its first object.</param>
    /// <param name="rules">What holds for all of them.</param>
    /// <param name="end">Told the cause when the partition ends.</param>
    public PartitionActor(
        ImmutableArray<(DeviceBinding Binding, VirtioDevice First)> bindings, PartitionRules rules, TaskCompletionSource<PartitionEnd> end) =>
        (_bindings, _rules, _end) = (bindings, rules, end);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(crash =>
    {
        _end.TrySetResult(new(PartitionEndCause.Crashed, $"{crash.GetType().Name}: {crash.Message}"));
        return Directive.Stop;
    });

    protected override void PreStart()
    {
        foreach (var (binding, first) in _bindings)
            _open[binding.Name] = Context.Watch(Context.ActorOf(
                ActorOf<DeviceActor>.By(() => new DeviceActor(binding, first, _rules)).WithDispatcher(OwnThread.Dispatcher), binding.Name));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DeviceLost lost:
                _end.TrySetResult(new(PartitionEndCause.DeviceLost, lost.Cause));
                break;
            case ClosePartition:
                _closing = true;
                foreach (var open in _open.Values)
                    open.Tell(new DeviceEvent.CloseAsked());
                EndIfEmpty();
                break;
            case DeviceClosed closed:
                if (_open.TryGetValue(closed.Name, out var device))
                    Context.Stop(device);
                break;
            case Terminated gone:
                _open.Remove(gone.ActorRef.Path.Name);
                EndIfEmpty();
                break;
            case ReportPartition:
                Report(Sender);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void EndIfEmpty()
    {
        if (!_closing || _open.Count > 0)
            return;
        _end.TrySetResult(new(PartitionEndCause.Stopped, "it was asked to"));
        Context.Stop(Self);
    }

    private void Report(IActorRef asker) =>
        Task.WhenAll(_open.Values.Select(device => device.Ask<DeviceReport>(ReportDevice.Instance, _rules.AnswerLimit)))
            .PipeTo(asker, Self, reports => new PartitionReport([.. reports]));
}

using System.Collections.Immutable;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Stratos.Actors.Devices;
using Stratos.Actors.Membership;
using Stratos.Actors.Membership.Contracts;
using Stratos.Actors.Rehearsals;
using Stratos.Actors.Settings;
using Stratos.Actors.Supervision;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Actors.Partitions;

/// <summary>
/// A partition in this process: its devices, each served through its session, and its membership in the cluster. Devices
/// are served as soon as they are made; the cluster forms behind them.
/// </summary>
public sealed class PartitionHost : IAsyncDisposable
{
    /// <summary>How long devices get to stop once one of them is lost: the process is to be replaced soon.</summary>
    private static readonly TimeSpan HastyLimit = TimeSpan.FromSeconds(1);

    private readonly FabricSettings _settings;
    private readonly ActorSystem _system;
    private readonly IActorRef _partition;
    private readonly IActorRef _membership;
    private readonly PartitionDirectory _directory = new();
    private readonly TaskCompletionSource<PartitionEnd> _end;
    private readonly TaskCompletionSource<Address> _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _rehearsed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _stopped;

    private PartitionHost(
        FabricSettings settings, ActorSystem system, ImmutableArray<(DeviceBinding, VirtioDevice)> devices, TextWriter log,
        Action<SupervisionEvent>? supervised)
    {
        (_settings, _system) = (settings, system);
        _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var operations = settings.Operations;
        var rules = new PartitionRules(settings.Supervision, operations.AnswerLimit, operations.DrainLimit, operations.SessionLimit);
        _system.ActorOf(ActorOf<LogActor>.By(() => new LogActor(settings.Name, log)), "log");
        if (supervised is not null)
            _system.ActorOf(ActorOf<SupervisionObserver>.By(() => new SupervisionObserver(supervised)), "observer");
        _partition = _system.ActorOf(ActorOf<PartitionActor>.By(() => new PartitionActor(devices, rules, _end)), "devices");
        if (settings.Rehearse)
            Rehearse(rules);
        else
            _rehearsed.SetResult();
        _membership = ActorRefs.Nobody;
        if (!settings.Cluster.Enabled)
            return;
        ulong instance = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var parts = new MembershipParts(settings, rules, instance, _system, _partition, _directory, _up, log);
        _membership = _system.ActorOf(ActorOf<MembershipActor>.By(() => new MembershipActor(parts)), "membership");
    }

    /// <summary>Starts a partition.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="devices">Its devices.</param>
    /// <param name="log">Where to log, a line each; it is written to by one thread at a time.</param>
    /// <param name="supervised">Told each step of supervision; must not block.</param>
    /// <returns>The partition, whose sessions have begun.</returns>
    /// <exception cref="ArgumentException">Two devices share a name, or a name is not usable; the message says which.</exception>
    /// <exception cref="DeviceOperationException">A device could not be made; the message says which and why.</exception>
    public static async Task<PartitionHost> StartAsync(
        FabricSettings settings, IReadOnlyList<DeviceBinding> devices, TextWriter log, Action<SupervisionEvent>? supervised = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(devices);
        CheckNames(devices);
        // Certificates that cannot be used are told now, not by a member that never comes up.
        if (settings.Cluster is { Enabled: true, Security: TransportSecurity.MutualTls tls })
            _ = MutualTlsSetup.Of(tls);
        // Devices and the actor library are cold both: they compile at the same time.
        var made = Task.Run(() => CreateAll(devices));
        var system = ActorSystem.Create("stratos-devices", DeviceSystemConfiguration(settings));
        try
        {
            return new PartitionHost(settings, system, await made.ConfigureAwait(false), TextWriter.Synchronized(log), supervised);
        }
        catch
        {
            await system.Terminate().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Completes when the partition ends, with the cause. After another cause than <see cref="PartitionEndCause.Stopped"/>
    /// the process should exit soon with <see cref="PartitionEnd.ExitCode"/>, so that a fresh one takes over.
    /// </summary>
    public Task<PartitionEnd> Terminated => _end.Task;

    /// <summary>Completes with the member's address when the partition has become a member of the cluster; never when it is not to be one.</summary>
    public Task<string> Joined => JoinedAsync();

    /// <summary>
    /// Completes when the rehearsal is over: from then on the first request of a session finds compiled code. Completed from
    /// the beginning when the settings ask for none. It fails if the rehearsal did; devices are served all the same.
    /// </summary>
    public Task Rehearsed => _rehearsed.Task;

    /// <summary>What the other partitions last announced of themselves, by name.</summary>
    public IReadOnlyDictionary<string, PartitionStatus> Others => _directory.Known;

    /// <summary>How the devices are now.</summary>
    public async Task<IReadOnlyList<DeviceReport>> ReportAsync()
    {
        var report = await _partition.Ask<PartitionReport>(ReportPartition.Instance, _settings.Operations.AnswerLimit).ConfigureAwait(false);
        return report.Devices;
    }

    /// <summary>
    /// Stops in order: sessions end, queues drain, devices let go of the host, the member leaves. Each has its time limit;
    /// nothing of the partition runs afterwards, unless a device does not let go of its requests.
    /// </summary>
    public ValueTask DisposeAsync() => new(_stopped ??= StopAsync());

    private async Task StopAsync()
    {
        var operations = _settings.Operations;
        var limit = _end.Task.IsCompleted ? HastyLimit : operations.SessionLimit + operations.DrainLimit;
        await Task.WhenAll(
            Gone(_partition, ClosePartition.Instance, limit),
            Gone(_membership, LeaveCluster.Instance, _settings.Cluster.LeaveLimit)).ConfigureAwait(false);
        _end.TrySetResult(new(PartitionEndCause.Crashed, $"the devices did not stop within {limit.TotalSeconds:0.#} s"));
        try
        {
            await _system.Terminate().WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Something holds a thread that cannot be taken from it; only the end of the process does.
        }
    }

    private void Rehearse(PartitionRules rules)
    {
        var binding = Rehearsal.Binding(fault =>
        {
            if (fault is null)
                _rehearsed.TrySetResult();
            else
                _rehearsed.TrySetException(fault);
        });
        ImmutableArray<(DeviceBinding, VirtioDevice)> devices = [(binding, binding.Create())];
        var stage = _system.ActorOf(
            ActorOf<PartitionActor>.By(() => new PartitionActor(devices, rules, new TaskCompletionSource<PartitionEnd>())), "rehearsal");
        _rehearsed.Task.ContinueWith(
            over =>
            {
                if (over.Exception is { } fault)
                    _system.Log.Warning("the rehearsal failed: {0}", fault.GetBaseException().Message);
                stage.Tell(ClosePartition.Instance);
            },
            TaskScheduler.Default);
    }

    private static async Task Gone(IActorRef actor, object farewell, TimeSpan limit)
    {
        if (actor.IsNobody())
            return;
        try
        {
            await actor.GracefulStop(limit, farewell).ConfigureAwait(false);
        }
        catch (TaskCanceledException)
        {
            // Its time is over; the end of the actor system, or of the process, takes it along.
        }
    }

    private async Task<string> JoinedAsync() => (await _up.Task.ConfigureAwait(false)).ToString();

    private static Config DeviceSystemConfiguration(FabricSettings settings) => ConfigurationFactory.ParseString($$"""
        akka {
          loggers = []
          stdout-loglevel = OFF
          log-dead-letters = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        {{OwnThread.Configuration}}
        """).WithFallback(ConfigurationFactory.ParseString(settings.Text));

    /// <summary>Makes every device, or none: those made before one that fails let go of the host again.</summary>
    private static ImmutableArray<(DeviceBinding Binding, VirtioDevice First)> CreateAll(IReadOnlyList<DeviceBinding> bindings)
    {
        var made = ImmutableArray.CreateBuilder<(DeviceBinding, VirtioDevice First)>(bindings.Count);
        try
        {
            foreach (var binding in bindings)
                made.Add(Create(binding));
            return made.ToImmutable();
        }
        catch
        {
            foreach (var (_, device) in made)
                device.Deactivate();
            throw;
        }
    }

    private static (DeviceBinding, VirtioDevice) Create(DeviceBinding binding)
    {
        try
        {
            return (binding, binding.Create());
        }
        catch (Exception fault)
        {
            throw new DeviceOperationException($"Device {binding.Name} could not be made: {fault.Message}", fault);
        }
    }

    private static void CheckNames(IReadOnlyList<DeviceBinding> devices)
    {
        foreach (var device in devices)
            if (!ActorPath.IsValidPathElement(device.Name))
                throw new ArgumentException($"\"{device.Name}\" cannot be a device's name; use letters, digits, '-', '_' and '.'.", nameof(devices));
        if (devices.GroupBy(device => device.Name).FirstOrDefault(same => same.Skip(1).Any()) is { Key: var twice })
            throw new ArgumentException($"Two devices are named {twice}; names are unique within a partition.", nameof(devices));
    }
}

using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using Stratos.Actors.Supervision;

namespace Stratos.Cli.Processes;

/// <summary>
/// The processes that serve devices on one machine: a session keeper, a partition that owns the devices and, if asked
/// for, a second one that waits to take over. A partition that ends is started again with back-off.
/// </summary>
/// <remarks>Members may be called from any thread.</remarks>
public sealed class LocalFabric : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    // Without a limit: a partition that cannot start says why each time, and the next attempt may find the cause mended.
    private static readonly RestartPolicy Restarts = new(null, TimeSpan.FromSeconds(10), TimeSpan.Zero, TimeSpan.FromSeconds(2));

    private readonly LocalFabricOptions _options;
    private readonly FabricStanding _standing;
    private readonly string _control;
    private readonly LocalMembership _membership = new("owner", "standby");
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _slots = [];
    private readonly Dictionary<int, ManagedProcess> _partitions = [];
    private ManagedProcess? _keeper;

    private LocalFabric(LocalFabricOptions options)
    {
        _options = options;
        _standing = new FabricStanding(options.Devices.Select(static device => device.Name), options.Standby);
        _control = Path.Combine(options.Folder, "keeper.sock");
    }

    /// <summary>Starts the processes and returns at once; see <see cref="FabricStanding"/>.</summary>
    public static LocalFabric Start(LocalFabricOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var fabric = new LocalFabric(options);
        fabric.StartKeeper();
        fabric._slots.Add(fabric.KeepRunningAsync("owner"));
        if (options.Standby) { fabric._slots.Add(fabric.KeepRunningAsync("standby")); }
        return fabric;
    }

    /// <summary>Who serves what, and who is ready to take over.</summary>
    public FabricStanding Standing => _standing;

    /// <summary>The session keeper's process; completed when it ended, which ends the fabric.</summary>
    public Task<int> KeeperExited => _keeper!.Exited;

    /// <summary>Ends the partition that serves a device with SIGKILL, and returns when it is dead.</summary>
    /// <returns>The moment, as a <see cref="Stopwatch.GetTimestamp"/>, just before the signal.</returns>
    /// <exception cref="InvalidOperationException">Nobody serves the device now.</exception>
    public long KillServing(string device)
    {
        int processId = _standing.Serving(device);
        ManagedProcess? partition;
        lock (_gate) { _partitions.TryGetValue(processId, out partition); }
        if (partition is null) { throw new InvalidOperationException($"No partition serves '{device}' now; wait until one does."); }
        long at = Stopwatch.GetTimestamp();
        partition.Kill();
        partition.WaitForExit();
        _standing.Ended(processId);
        return at;
    }

    /// <summary>Stops partitions and keeper in order.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) { return; }
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_slots).ConfigureAwait(false);
        if (_keeper is { } keeper)
        {
            await keeper.StopAsync(StopLimit).ConfigureAwait(false);
            keeper.Dispose();
        }
        _stopping.Dispose();
    }

    private void StartKeeper()
    {
        List<string> arguments = ["--control", _control, "--until-input-closes"];
        foreach (ServedDevice device in _options.Devices)
        {
            arguments.Add("--device");
            arguments.Add($"{device.Name}={device.Socket}{(device.Connect ? ",connect" : "")}");
        }
        _keeper = ManagedProcess.Start("keeper", ProgramFile.Keeper, arguments, FrozenDictionary<string, string>.Empty, line =>
        {
            if (KeeperNews.Parse(line) is { } news) { _standing.Apply(news); }
            _options.Log($"keeper: {line}");
        });
    }

    private async Task KeepRunningAsync(string role)
    {
        RestartHistory history = RestartHistory.Clean;
        while (!_stopping.IsCancellationRequested)
        {
            using ManagedProcess partition = StartPartition(role);
            Task stop = Task.Delay(Timeout.Infinite, _stopping.Token);
            if (await Task.WhenAny(partition.Exited, stop).ConfigureAwait(false) == stop)
            {
                await partition.StopAsync(StopLimit).ConfigureAwait(false);
                return;
            }
            lock (_gate) { _partitions.Remove(partition.ProcessId); }
            _standing.Ended(partition.ProcessId);
            _options.Log(string.Create(CultureInfo.InvariantCulture,
                $"{role} partition (pid {partition.ProcessId}) ended with {partition.Exited.Result}"));
            if (!_options.Restart) { return; }
            (history, RestartVerdict verdict) = history.Failed(Restarts, Stopwatch.GetElapsedTime(0));
            if (verdict is RestartVerdict.Restart { After: var after } && after > TimeSpan.Zero)
            {
                await Task.WhenAny(Task.Delay(after, CancellationToken.None), stop).ConfigureAwait(false);
            }
        }
    }

    private ManagedProcess StartPartition(string role)
    {
        List<string> arguments = ["partition", "--keeper", _control, "--role", role, "--until-input-closes", .. _options.PartitionArguments];
        if (!_options.Cluster) { arguments.Add("--no-cluster"); }
        foreach (ServedDevice device in _options.Devices)
        {
            arguments.Add("--device");
            arguments.Add(device.Spec);
        }
        lock (_gate)
        {
            ManagedProcess partition = ManagedProcess.Start(
                role, ProgramFile.Stratos, arguments, _membership.Of(role), line => _options.Log($"{role}: {line}"));
            _partitions[partition.ProcessId] = partition;
            return partition;
        }
    }
}

namespace Stratos.Cli.Processes;

/// <summary>Who serves each device of a <see cref="LocalFabric"/> and who is ready to take over, as the keeper tells it.</summary>
/// <remarks>Members may be called from any thread.</remarks>
public sealed class FabricStanding(IEnumerable<string> devices, bool standby)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DeviceStanding> _devices = devices.ToDictionary(static name => name, static _ => new DeviceStanding());
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The process that serves a device; 0 if none does now.</summary>
    public int Serving(string device)
    {
        lock (_gate) { return _devices[device].Serving; }
    }

    /// <summary>Whether every device is served by a process that lives and, where there is a standby, another process is ready to take it over.</summary>
    public bool IsWhole
    {
        get
        {
            lock (_gate)
            {
                return _devices.Values.All(device =>
                    device.Serving != 0 && (!standby || device.Ready.Any(ready => ready != device.Serving)));
            }
        }
    }

    /// <summary>Waits until <see cref="IsWhole"/>.</summary>
    /// <exception cref="TimeoutException">It did not come to that in time; the message says what is missing.</exception>
    public Task WaitAsync(TimeSpan deadline, CancellationToken stop = default) => WaitAsync(() => IsWhole, deadline, stop);

    /// <summary>Waits until each device has as many workers as there are partitions, so that a frontend finds it answered at once.</summary>
    /// <exception cref="TimeoutException">It did not come to that in time; the message says what is missing.</exception>
    public Task WaitForWorkersAsync(TimeSpan deadline, CancellationToken stop = default) => WaitAsync(() =>
    {
        lock (_gate) { return _devices.Values.All(device => device.Joined.Count >= (standby ? 2 : 1)); }
    }, deadline, stop);

    private async Task WaitAsync(Func<bool> reached, TimeSpan deadline, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(deadline);
        while (true)
        {
            Task changed;
            lock (_gate) { changed = _changed.Task; }
            if (reached()) { return; }
            try
            {
                await changed.WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                throw new TimeoutException($"After {deadline.TotalSeconds:0} s the fabric is not whole: {Describe()}.");
            }
        }
    }

    /// <summary>Takes an event of the keeper.</summary>
    public void Apply(KeeperNews news)
    {
        ArgumentNullException.ThrowIfNull(news);
        lock (_gate)
        {
            if (!_devices.TryGetValue(news.Device, out DeviceStanding? device)) { return; }
            switch (news.What)
            {
                case "WorkerJoined": device.Joined.Add(news.ProcessId); break;
                case "WorkerReady": device.Ready.Add(news.ProcessId); break;
                case "Serving": device.Ready.Add(news.ProcessId); device.Serving = news.ProcessId; break;
                case "WorkerLost" or "Fenced" or "WorkerLeft": device.Lose(news.ProcessId); break;
                default: return;
            }
            Announce();
        }
    }

    /// <summary>A process has ended.</summary>
    public void Ended(int processId)
    {
        lock (_gate)
        {
            foreach (DeviceStanding device in _devices.Values) { device.Lose(processId); }
            Announce();
        }
    }

    private void Announce()
    {
        TaskCompletionSource changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private string Describe()
    {
        lock (_gate)
        {
            return string.Join("; ", _devices.Select(device =>
                $"{device.Key} is {(device.Value.Serving == 0 ? "not served" : $"served by process {device.Value.Serving}")}, {device.Value.Ready.Count} ready"));
        }
    }

    private sealed class DeviceStanding
    {
        public int Serving { get; set; }

        public HashSet<int> Joined { get; } = [];

        public HashSet<int> Ready { get; } = [];

        public void Lose(int processId)
        {
            Joined.Remove(processId);
            Ready.Remove(processId);
            if (Serving == processId) { Serving = 0; }
        }
    }
}

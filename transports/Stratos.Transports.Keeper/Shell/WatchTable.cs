using Stratos.Fabric.Linux;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>All descriptors that the keeper's thread waits for. Tokens are never used twice, so a late event finds nobody.</summary>
internal sealed class WatchTable : IDisposable
{
    private readonly Dictionary<ulong, Watch> _watches = [];
    private readonly PollResult[] _results = new PollResult[64];
    private ulong _lastToken;

    public Poller Poller { get; } = new();

    public Watch Add(FileDescriptor descriptor, PollEvents wanted, Action<PollEvents> handler)
    {
        var watch = new Watch(this, descriptor, ++_lastToken, handler);
        _watches.Add(watch.Token, watch);
        watch.Begin(wanted);
        return watch;
    }

    public void Forget(Watch watch) => _watches.Remove(watch.Token);

    /// <summary>Waits for events and tells those who wait for them.</summary>
    public void Wait(TimeSpan timeout)
    {
        var count = Poller.Wait(_results, timeout);
        for (var i = 0; i < count; i++)
            if (_watches.TryGetValue(_results[i].Token, out var watch)) watch.Handler(_results[i].Events);
    }

    public void Dispose() => Poller.Dispose();
}

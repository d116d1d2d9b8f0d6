using System.Collections.Concurrent;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>Collects what the device tells, from any thread, for the session's thread.</summary>
internal sealed class SessionEvents(WakeUp wake, int queues) : IDeviceEvents
{
    private readonly ConcurrentQueue<(int Index, string Reason)> _failures = new();
    private int _configChanged;

    /// <inheritdoc/>
    public void ConfigChanged()
    {
        Volatile.Write(ref _configChanged, 1);
        wake.Signal();
    }

    /// <inheritdoc/>
    public void QueueFailed(int index, string reason)
    {
        if ((uint)index >= (uint)queues) return;
        _failures.Enqueue((index, reason));
        wake.Signal();
    }

    /// <summary>Whether the configuration has changed since the last call.</summary>
    internal bool TakeConfigChanged() => Interlocked.Exchange(ref _configChanged, 0) != 0;

    /// <summary>Takes one failure out.</summary>
    internal bool TryTakeFailure(out (int Index, string Reason) failure) => _failures.TryDequeue(out failure);
}

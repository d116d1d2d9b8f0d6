using System.Collections.Concurrent;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Actors.Tests.Testing;

/// <summary>Keeps what a device tells its session.</summary>
internal sealed class RecordedEvents : IDeviceEvents
{
    private int _configChanges;

    public int ConfigChanges => Volatile.Read(ref _configChanges);

    public BlockingCollection<(int Index, string Reason)> Failures { get; } = [];

    public void ConfigChanged() => Interlocked.Increment(ref _configChanges);

    public void QueueFailed(int index, string reason) => Failures.Add((index, reason));
}

using System.Collections.Immutable;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Actors.Devices;

/// <summary>Asks a device actor how its device is; answered at once, whatever the device does.</summary>
internal sealed record ReportDevice
{
    public static ReportDevice Instance { get; } = new();
}

/// <summary>How a device is.</summary>
/// <param name="Device">What it is.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Restarts">Its restarts that still count against its limit.</param>
/// <param name="Queues">The queues that were started since its session attached.</param>
public sealed record DeviceReport(DeviceDescription Device, DevicePhase Phase, int Restarts, ImmutableArray<QueueReport> Queues);

/// <summary>How a queue is.</summary>
/// <param name="Index">The virtqueue index.</param>
/// <param name="Name">The specification's name of it.</param>
/// <param name="Phase">Where it stands: the name of a <see cref="QueueLife"/>.</param>
/// <param name="Restarts">Its restarts that still count against its limit.</param>
/// <param name="Counters">The counters of its latest pump.</param>
public sealed record QueueReport(int Index, string Name, string Phase, int Restarts, PumpCounters Counters);

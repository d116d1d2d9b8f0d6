using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Actors.Queues;

/// <summary>Asks a queue actor to run a pump.</summary>
/// <param name="Device">The device object that serves this start.</param>
/// <param name="Setup">What the pump runs on.</param>
internal sealed record StartPump(VirtioDevice Device, QueueSetup Setup);

/// <summary>Asks a queue actor to stop its pump. Without a pump there is nothing to say: its end was reported already.</summary>
internal sealed record StopPump
{
    public static StopPump Instance { get; } = new();
}

/// <summary>A pump ended by itself. <paramref name="Pump"/> tells a late end of an earlier one apart.</summary>
internal sealed record PumpEnded(QueuePump Pump, PumpEnd End);

/// <summary>Tells the device that a pump runs, and how to read its counters at any time.</summary>
internal sealed record PumpRuns(int Index, Func<PumpCounters> Counters);

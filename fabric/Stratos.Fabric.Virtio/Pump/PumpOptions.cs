namespace Stratos.Fabric.Virtio.Pump;

/// <summary>How a queue is pumped.</summary>
public sealed record PumpOptions
{
    /// <summary>How long the pump polls the ring after it found nothing, before it arms the notification and waits; 0 to wait at once.</summary>
    public TimeSpan PollTime { get; init; } = TimeSpan.FromMicroseconds(20);

    /// <summary>Most chains that are fetched, handled and published in one go, 1 to 1024.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>The processor that the pump's thread is bound to; null for any.</summary>
    public int? Processor { get; init; }

    /// <summary>
    /// Called on the thread that makes it, at each step that a crash could fall between; null for none. For tests and
    /// fault drills; it must not touch the queue.
    /// </summary>
    public Action<PumpStep>? Probe { get; init; }
}

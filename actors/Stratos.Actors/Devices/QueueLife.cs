using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Actors.Devices;

/// <summary>Where a queue stands in its life, as its device sees it.</summary>
public abstract record QueueLife
{
    /// <summary>No pump; the ring stands at <paramref name="State"/>.</summary>
    public sealed record Stopped(QueueState State) : QueueLife;

    /// <summary>A pump was asked for.</summary>
    /// <param name="Setup">What it runs on.</param>
    /// <param name="Again">Whether this follows a failure.</param>
    public sealed record Starting(QueueSetup Setup, bool Again) : QueueLife;

    /// <summary>The pump runs.</summary>
    public sealed record Running(QueueSetup Setup) : QueueLife;

    /// <summary>The pump was asked to stop and may still drain.</summary>
    /// <param name="Setup">What it runs on.</param>
    /// <param name="Revive">Whether the queue is started again once its device was made anew.</param>
    public sealed record Stopping(QueueSetup Setup, bool Revive) : QueueLife;

    /// <summary>Stopped by a failure; it is started again, with this setup, after a back-off or with its device.</summary>
    public sealed record Waiting(QueueSetup Setup) : QueueLife;

    /// <summary>Stopped for good until it is stopped by the session or the device is reset: malformed, or fenced.</summary>
    public sealed record Failed(QueueState State, string Reason) : QueueLife;

    /// <summary>Asked to stop, and did not: its requests in flight may still touch guest memory. Only the end of the process helps.</summary>
    public sealed record Stuck(string Reason) : QueueLife;

    /// <summary>Whether a pump exists or is about to: its end will be reported.</summary>
    public bool HasPump => this is Starting or Running or Stopping;

    /// <summary>Whether the queue is between two states.</summary>
    public bool IsChanging => this is Starting or Stopping;
}

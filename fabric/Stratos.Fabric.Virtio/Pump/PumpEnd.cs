namespace Stratos.Fabric.Virtio.Pump;

/// <summary>Why a pump ended by itself.</summary>
public abstract record PumpEnd
{
    /// <summary>The ring is malformed or its memory has gone; the device needs a reset. Not a fault of the device.</summary>
    public sealed record RingFailed(string Reason) : PumpEnd;

    /// <summary>The device's handler threw; a restart of the queue replays the request by its class.</summary>
    public sealed record Faulted(Exception Cause) : PumpEnd;

    /// <summary>The session's epoch is over; somebody else owns the queue.</summary>
    public sealed record Fenced : PumpEnd;
}

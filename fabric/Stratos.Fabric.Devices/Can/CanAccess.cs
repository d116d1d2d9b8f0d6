using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Can;

/// <summary>Which frames a guest may send and which it gets: by what it negotiated and by access control.</summary>
/// <param name="Transmit">Identifiers that it may send.</param>
/// <param name="Receive">Identifiers that it gets.</param>
public sealed record CanAccess(CanIdRanges Transmit, CanIdRanges Receive)
{
    /// <summary>Everything.</summary>
    public static CanAccess Full { get; } = new(CanIdRanges.Everything, CanIdRanges.Everything);

    /// <summary>Whether the guest may send a frame.</summary>
    public bool MaySend(in CanFrame frame, QueueContext queue) => IsNegotiated(frame, queue) && Transmit.Contains(frame);

    /// <summary>Whether the guest gets a frame.</summary>
    public bool MayReceive(in CanFrame frame, QueueContext queue) => IsNegotiated(frame, queue) && Receive.Contains(frame);

    /// <summary>Whether frames of this type were negotiated; RTR needs classic frames too (virtio 1.4, section 5.20.3.1).</summary>
    private static bool IsNegotiated(in CanFrame frame, QueueContext queue)
    {
        const ulong Requests = CanFeatures.Classic | CanFeatures.RemoteRequests;
        ulong needed = frame.IsFlexibleDataRate ? CanFeatures.FlexibleDataRate : frame.IsRemoteRequest ? Requests : CanFeatures.Classic;
        return (queue.Features & needed) == needed;
    }
}

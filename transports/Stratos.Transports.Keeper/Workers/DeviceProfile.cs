using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Workers;

/// <summary>What the first worker said of the device. Every later one must say the same.</summary>
/// <param name="DeviceId">The virtio device id.</param>
/// <param name="Queues">Number of queues.</param>
/// <param name="MaxQueueSize">The largest size of any queue.</param>
/// <param name="StateLength">Bytes of device state.</param>
/// <param name="ConfigLength">Bytes of configuration space.</param>
/// <param name="VirtioFeatures">The virtio features that are offered.</param>
internal sealed record DeviceProfile(
    uint DeviceId, int Queues, ushort MaxQueueSize, uint StateLength, int ConfigLength, ulong VirtioFeatures)
{
    private const uint LargestQueue = 32768;

    /// <summary>The protocol features that work through a keeper.</summary>
    public const ProtocolFeatures Kept =
        ProtocolFeatures.MultiQueue | ProtocolFeatures.LogShmFd | ProtocolFeatures.ReplyAck | ProtocolFeatures.BackendReq |
        ProtocolFeatures.Config | ProtocolFeatures.InflightShmFd | ProtocolFeatures.ResetDevice |
        ProtocolFeatures.ConfigureMemSlots | ProtocolFeatures.Status;

    /// <summary>Without these a worker cannot be told of a session.</summary>
    private const ProtocolFeatures Needed = ProtocolFeatures.ReplyAck | ProtocolFeatures.InflightShmFd;

    /// <summary>What frontends are offered: virtio features with vhost-user's own bits.</summary>
    public ulong Features { get; private set; }

    /// <summary>Protocol features that frontends are offered and that all workers are told to use.</summary>
    public ProtocolFeatures ProtocolFeatures { get; private set; }

    /// <summary>Memory slots that frontends are offered.</summary>
    public int MemorySlots { get; private set; }

    /// <summary>Whether the backend's side is known too, so that frontends can be served.</summary>
    public bool IsComplete => MemorySlots != 0;

    /// <summary>Reads the description of a HELLO.</summary>
    /// <returns>Null when it is beyond what a keeper keeps.</returns>
    public static DeviceProfile? Of(KeeperHello hello, Session.KeeperLimits limits) =>
        hello.Queues is 0 || hello.Queues > limits.MaxQueues || hello.MaxQueueSize is 0 or > LargestQueue || hello.StateLength > limits.MaxStateLength
            ? null
            : new(hello.DeviceId, (int)hello.Queues, (ushort)hello.MaxQueueSize, hello.StateLength, hello.Config.Length, hello.Features);

    /// <summary>Whether another description says the same; what the backends can do is compared by <see cref="Complete"/>.</summary>
    public bool IsSame(DeviceProfile other) =>
        (DeviceId, Queues, MaxQueueSize, StateLength, ConfigLength, VirtioFeatures) ==
        (other.DeviceId, other.Queues, other.MaxQueueSize, other.StateLength, other.ConfigLength, other.VirtioFeatures);

    /// <summary>Takes what a worker's backend can do: what the first one can is offered, and every later one must be able to as well.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Complete(ulong features, ulong protocolFeatures, ulong memorySlots, int mostSlots)
    {
        var protocol = (ProtocolFeatures)protocolFeatures;
        if ((protocol & Needed) != Needed) return $"its backend has protocol features 0x{protocolFeatures:x}; REPLY_ACK and INFLIGHT_SHMFD are needed";
        var slots = (int)Math.Min(memorySlots, (ulong)mostSlots);
        if (slots == 0) return "its backend has no memory slots";
        if (!IsComplete)
        {
            (Features, ProtocolFeatures, MemorySlots) = (features | VhostFeatures.ProtocolFeatures, protocol & Kept, slots);
            return null;
        }
        if (((features | VhostFeatures.ProtocolFeatures) & Features) != Features)
            return $"its backend lacks features 0x{Features & ~features:x}, which were offered to the frontend";
        if ((protocol & ProtocolFeatures) != ProtocolFeatures)
            return $"its backend lacks protocol features 0x{(ulong)(ProtocolFeatures & ~protocol):x}, which were offered to the frontend";
        return slots < MemorySlots ? $"its backend has {slots} memory slots; {MemorySlots} were offered to the frontend" : null;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"device id {DeviceId} with {Queues} queues of at most {MaxQueueSize}, {StateLength} bytes of state, {ConfigLength} of configuration, features 0x{VirtioFeatures:x}";
}

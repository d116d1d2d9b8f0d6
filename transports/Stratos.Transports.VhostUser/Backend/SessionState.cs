using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>What one session has negotiated and received, apart from its rings.</summary>
internal sealed class SessionState(DeviceDescription device, int memorySlots) : IDisposable
{
    /// <summary>The virtio features that are offered, with vhost-user's own bits.</summary>
    internal ulong OfferedFeatures { get; } = device.Features | VhostFeatures.All;

    /// <summary>The protocol features that are offered.</summary>
    internal ProtocolFeatures OfferedProtocol { get; } = BackendFeatures.For(device.ConfigLength);

    /// <summary>SET_FEATURES.</summary>
    internal ulong Features { get; set; }

    /// <summary>SET_PROTOCOL_FEATURES; null when it never came.</summary>
    internal ProtocolFeatures? ChosenProtocol { get; set; }

    /// <summary>
    /// The protocol features in force. A frontend that reconnects may leave SET_PROTOCOL_FEATURES out (QEMU 7.2 does) and
    /// go on with what it negotiated before, which can only be something that is offered.
    /// </summary>
    internal ProtocolFeatures Protocol => ChosenProtocol ?? OfferedProtocol;

    /// <summary>SET_STATUS.</summary>
    internal byte Status { get; set; }

    /// <summary>
    /// Whether a keeper holds the session, so that journal and device state outlive this process. Then only the keeper
    /// knows when what they say has arrived elsewhere, and only its word makes anything of them void.
    /// </summary>
    internal bool IsKept { get; init; }

    /// <summary>The right to run rings; null while there is none.</summary>
    internal EpochGate? Epoch { get; set; }

    /// <summary>Guest memory.</summary>
    internal MemoryTable Memory { get; } = new(memorySlots);

    /// <summary>The record of requests in flight.</summary>
    internal JournalStore Journal { get; } = new(device);

    /// <summary>The dirty log.</summary>
    internal LogStore Log { get; } = new();

    /// <summary>The channel for the backend's own requests.</summary>
    internal BackendChannel? Requests { get; set; }

    /// <summary>Lets go of everything; no ring runs.</summary>
    public void Dispose()
    {
        Requests?.Dispose();
        Requests = null;
        Memory.Dispose();
        Journal.Dispose();
        Log.Dispose();
    }
}

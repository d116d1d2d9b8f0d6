namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>Requests that a backend sends to a frontend over the channel of its own (vhost-user specification, "Back-end message types").</summary>
public enum BackendRequest : uint
{
    /// <summary>Not a request.</summary>
    None = 0,
    /// <summary>An I/O address translation is missing or its access was refused.</summary>
    IotlbMsg = 1,
    /// <summary>The configuration space has changed.</summary>
    ConfigChangeMsg = 2,
    /// <summary>Map a queue's notification area into the guest.</summary>
    VringHostNotifierMsg = 3,
    /// <summary>In-band doorbell to the driver.</summary>
    VringCall = 4,
    /// <summary>In-band report that a ring failed.</summary>
    VringErr = 5,
    /// <summary>Offer an object that devices share.</summary>
    SharedObjectAdd = 6,
    /// <summary>Withdraw such an object.</summary>
    SharedObjectRemove = 7,
    /// <summary>Look for such an object.</summary>
    SharedObjectLookup = 8,
    /// <summary>Map memory into a shared memory region of the device.</summary>
    ShmemMap = 9,
    /// <summary>Unmap it.</summary>
    ShmemUnmap = 10,
}

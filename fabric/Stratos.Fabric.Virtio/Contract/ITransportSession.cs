namespace Stratos.Fabric.Virtio.Contract;

/// <summary>
/// One attachment of a device to the outside through one transport. A supervisor runs it on a thread of its own and
/// runs it again when it ends or fails.
/// </summary>
public interface ITransportSession
{
    /// <summary>The transport and its address, for messages: <c>vhost-user /run/disk0.sock</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Serves <paramref name="device"/> until <paramref name="stop"/> is cancelled (then it returns) or the transport
    /// fails (then it throws). Blocking; stops all queues that it started before it leaves.
    /// </summary>
    void Serve(IDevicePort device, CancellationToken stop);
}

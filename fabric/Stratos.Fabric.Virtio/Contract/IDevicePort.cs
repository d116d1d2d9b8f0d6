namespace Stratos.Fabric.Virtio.Contract;

/// <summary>A device as its transport holds it.</summary>
public interface IDevicePort
{
    /// <summary>The device's name within the fabric.</summary>
    string Name { get; }

    /// <summary>
    /// Performs one operation and waits for its answer. Call it from a thread of the transport's own, never from the
    /// thread pool. Operations of one session come one at a time.
    /// </summary>
    /// <exception cref="DeviceOperationException">The device refused, failed, or did not answer in time.</exception>
    TReply Perform<TReply>(DeviceOperation<TReply> operation);
}

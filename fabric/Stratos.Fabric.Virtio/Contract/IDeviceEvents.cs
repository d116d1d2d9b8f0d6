namespace Stratos.Fabric.Virtio.Contract;

/// <summary>What a device tells the transport of its session. Called from any thread; implementations only record and wake.</summary>
public interface IDeviceEvents
{
    /// <summary>The configuration space has changed.</summary>
    void ConfigChanged();

    /// <summary>A queue found its ring malformed and stays stopped until the device is reset.</summary>
    /// <param name="index">The virtqueue index.</param>
    /// <param name="reason">What was wrong, with the numbers.</param>
    void QueueFailed(int index, string reason);
}

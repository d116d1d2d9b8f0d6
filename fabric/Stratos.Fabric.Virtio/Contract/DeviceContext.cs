namespace Stratos.Fabric.Virtio.Contract;

/// <summary>What a device sees of the world that runs it.</summary>
/// <param name="name">The device's name within the fabric.</param>
/// <param name="state">Device state that outlives this process; its length is the device's <see cref="VirtioDevice.StateLength"/>.</param>
/// <param name="notifyConfigChanged">Sends the configuration change notification; callable from any thread.</param>
public sealed class DeviceContext(string name, DeviceState state, Action notifyConfigChanged)
{
    /// <summary>A context without state whose notifications go nowhere: that of a device that is not active.</summary>
    public static DeviceContext None { get; } = new("", DeviceState.Empty, static () => { });

    /// <summary>The device's name within the fabric.</summary>
    public string Name { get; } = name;

    /// <summary>Device state that outlives this process.</summary>
    public DeviceState State { get; } = state;

    /// <summary>Tells the driver that the configuration space has changed (virtio 1.4, section 2.3). Any thread.</summary>
    public void NotifyConfigChanged() => notifyConfigChanged();
}

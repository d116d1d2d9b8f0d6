using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Transports.VhostUser.Channel;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>
/// A device's side of vhost-user (QEMU's docs/interop/vhost-user.rst): serves one frontend, or one session keeper, at a
/// time, and the next when it has gone. A frontend that breaks the protocol is disconnected, with the reason logged.
/// </summary>
public sealed class VhostUserBackend : ITransportSession
{
    private readonly BackendOptions _options;
    private readonly KeeperAttachment? _keeper;

    /// <summary>A backend at a socket.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number of the options is out of its range.</exception>
    public VhostUserBackend(BackendOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.SocketPath);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemorySlots, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MemorySlots, Protocol.Messages.BackendFeatures.MemorySlots);
        Name = options.Mode == BackendMode.Keeper ? $"keeper {options.SocketPath}" : $"vhost-user {options.SocketPath}";
        _options = options with { Log = line => options.Log($"{Name}: {line}") };
        if (options.Mode == BackendMode.Keeper) _keeper = new KeeperAttachment();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <exception cref="LinuxException">The socket cannot be bound.</exception>
    /// <exception cref="DeviceOperationException">The device failed.</exception>
    public void Serve(IDevicePort device, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(device);
        using var wake = new WakeUp();
        using var registration = stop.Register(wake.Signal);
        var description = device.Perform(new DeviceOperation.Describe());
        using IConnectionSource source = _options.Mode == BackendMode.Listen
            ? new ListeningSource(_options, wake)
            : new ConnectingSource(_options, wake);
        while (source.Next(stop) is { } stream)
        {
            using var channel = new MessageChannel(stream);
            ServeOne(channel, device, description, wake, stop);
        }
    }

    private void ServeOne(MessageChannel channel, IDevicePort device, DeviceDescription description, WakeUp wake, CancellationToken stop)
    {
        try
        {
            if (_keeper is not null && !KeeperGreeting.Exchange(channel, device, description, _options, wake, stop)) return;
            new BackendConnection(channel, device, description, _options, wake, _keeper).Serve(stop);
            _options.Log(stop.IsCancellationRequested ? "stopped" : "the peer has disconnected");
        }
        catch (SessionFailedException e)
        {
            _options.Log($"session ended: {e.Message}");
        }
        finally
        {
            _keeper?.Detach();
        }
    }
}

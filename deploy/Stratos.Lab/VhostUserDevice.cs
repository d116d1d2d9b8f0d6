using System.Globalization;

namespace Stratos.Lab;

/// <summary>A device that a backend serves over vhost-user. All that it needs of the backend is a socket's path.</summary>
/// <param name="Driver">QEMU's name of the device, such as <c>vhost-user-blk-pci</c>.</param>
/// <param name="Socket">The path of the Unix socket, at most 107 bytes.</param>
public sealed record VhostUserDevice(string Driver, string Socket) : GuestDevice
{
    /// <summary>Properties of the QEMU device, each <c>name=value</c>, such as <c>addr=05.0</c> or <c>event_idx=off</c>.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];

    /// <summary>QEMU listens on the socket and the backend connects (again and again); else QEMU connects.</summary>
    public bool QemuListens { get; init; }

    /// <summary>
    /// When QEMU connects: how long it waits before it tries again after the backend went away. Null: it never
    /// does. QEMU 7.2 rounds up to whole seconds. Only block and network survive it in QEMU 11.1.
    /// </summary>
    public TimeSpan? Reconnect { get; init; }

    /// <summary>An entropy source (virtio id 4).</summary>
    public static VhostUserDevice Rng(string socket) => new("vhost-user-rng-pci", socket);

    /// <summary>A disk (virtio id 2).</summary>
    /// <param name="socket">The backend's socket.</param>
    /// <param name="queues">Request queues.</param>
    /// <param name="queueSize">Descriptors in each queue: a power of two, 2 to 1024.</param>
    /// <param name="packed">Packed rings are offered to the guest; else it sees split rings only.</param>
    public static VhostUserDevice Block(string socket, int queues = 1, int queueSize = 128, bool packed = false) =>
        new VhostUserDevice("vhost-user-blk-pci", socket).With(
            Number("num-queues", queues), Number("queue-size", queueSize), packed ? "packed=on" : "packed=off");

    /// <summary>A console (virtio id 3) through QEMU's generic device: QEMU 11.1 only.</summary>
    /// <param name="socket">The backend's socket.</param>
    /// <param name="ports">1 for a plain console of two queues; more add the control queues and two queues a port.</param>
    /// <param name="queueSize">Descriptors in each queue.</param>
    public static VhostUserDevice Console(string socket, int ports = 1, int queueSize = 64) =>
        Generic(socket, virtioId: 3, queues: ports == 1 ? 2 : 2 * (ports + 1), queueSize, configBytes: 12);

    /// <summary>A CAN controller (virtio id 36) through QEMU's generic device: QEMU 11.1 only.</summary>
    public static VhostUserDevice Can(string socket) => Generic(socket, virtioId: 36, queues: 3, queueSize: 64, configBytes: 2);

    /// <summary>GPIO lines (virtio id 41).</summary>
    public static VhostUserDevice Gpio(string socket) => new("vhost-user-gpio-pci", socket);

    /// <summary>An I2C bus (virtio id 34).</summary>
    public static VhostUserDevice I2c(string socket) => new("vhost-user-i2c-pci", socket);

    /// <summary>An SPI controller (virtio id 45): QEMU 11.1 only.</summary>
    public static VhostUserDevice Spi(string socket) => new("vhost-user-spi-pci", socket);

    /// <summary>Clocks (virtio id 17): QEMU 11.1 only.</summary>
    public static VhostUserDevice Rtc(string socket) => new("vhost-user-rtc-pci", socket);

    /// <summary>An RPMB device (virtio id 28) through QEMU's generic device: QEMU 11.1 only.</summary>
    public static VhostUserDevice Rpmb(string socket) => Generic(socket, virtioId: 28, queues: 1, queueSize: 64, configBytes: 3).With("packed=on");

    /// <summary>Any virtio device by its id, up to 45, through vhost-user-test-device: QEMU 11.1 only.</summary>
    /// <param name="socket">The backend's socket.</param>
    /// <param name="virtioId">The virtio device id.</param>
    /// <param name="queues">How many queues the guest sees.</param>
    /// <param name="queueSize">Descriptors in each queue.</param>
    /// <param name="configBytes">Size of the configuration space; 0 for a device that has none.</param>
    public static VhostUserDevice Generic(string socket, int virtioId, int queues, int queueSize = 64, int configBytes = 0)
    {
        var device = new VhostUserDevice("vhost-user-test-device-pci", socket).With(
            Number("virtio-id", virtioId), Number("num_vqs", queues), Number("vq_size", queueSize));
        return configBytes == 0 ? device : device.With(Number("config_size", configBytes));
    }

    /// <summary>The same device with more properties.</summary>
    public VhostUserDevice With(params IReadOnlyList<string> properties) =>
        this with { Properties = [.. Properties, .. properties] };

    /// <inheritdoc/>
    public override IEnumerable<string> Arguments(QemuVersion qemu, string id, int? slot = null)
    {
        List<string> channel = ["socket", "id=" + id, "path=" + QemuText.Escape(Socket)];
        if (QemuListens)
        {
            channel.AddRange(["server=on", "wait=off"]);
        }
        else if (Reconnect is { } pause)
        {
            channel.Add(qemu == QemuVersion.Bookworm
                ? Number("reconnect", (int)Math.Ceiling(pause.TotalSeconds))
                : Number("reconnect-ms", (int)pause.TotalMilliseconds));
        }

        List<string> device = [Driver, "chardev=" + id, .. Properties];
        if (slot is { } place)
        {
            device.Add(string.Create(CultureInfo.InvariantCulture, $"addr={place:x}.0"));
        }

        return ["-chardev", string.Join(',', channel), "-device", string.Join(',', device)];
    }

    private static string Number(string name, int value) => string.Create(CultureInfo.InvariantCulture, $"{name}={value}");
}

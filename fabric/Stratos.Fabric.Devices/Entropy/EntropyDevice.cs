using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Entropy;

/// <summary>The entropy device (virtio 1.4, section 5.4): one queue of buffers to fill with random bytes.</summary>
public sealed class EntropyDevice : VirtioDevice
{
    private const ushort QueueSize = 64;

    private readonly IEntropySource _source;

    /// <summary>Makes a device on a source, which it disposes when it is deactivated.</summary>
    public EntropyDevice(IEntropySource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
    }

    /// <summary>Makes the device that the options describe.</summary>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static EntropyDevice Create(EntropyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(options.OpenSource());
    }

    /// <inheritdoc/>
    public override VirtioDeviceId Id => VirtioDeviceId.Entropy;

    /// <inheritdoc/>
    public override ulong Features => 0;

    /// <inheritdoc/>
    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("requestq", QueueSize)];

    /// <inheritdoc/>
    public override QueueHandler CreateHandler(QueueContext queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return new EntropyHandler(_source, Context, queue.Name);
    }

    /// <inheritdoc/>
    public override void Deactivate() => _source.Dispose();
}

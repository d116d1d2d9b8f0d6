using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Block;

/// <summary>The block device (virtio 1.4, section 5.2) on an <see cref="IBlockStore"/>.</summary>
public sealed class BlockDevice : VirtioDevice
{
    private readonly BlockOptions _options;
    private readonly BlockMedium _medium;
    private BlockWorkers? _workers;

    /// <summary>Makes a device on a store, which it disposes when it is deactivated.</summary>
    /// <param name="store">The host port.</param>
    /// <param name="options">Everything but what the data stands on.</param>
    public BlockDevice(IBlockStore store, BlockOptions options)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _medium = new(store, options.BlockSize, BlockSerial.Encode(options.Serial));
        Queues = [.. Enumerable.Range(1, options.Queues).Select(i => new QueueDescription($"requestq{i}", (ushort)options.QueueSize))];
    }

    /// <summary>Makes the device that the options describe.</summary>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static BlockDevice Create(BlockOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(options.OpenStore(), options);
    }

    /// <inheritdoc/>
    public override VirtioDeviceId Id => VirtioDeviceId.Block;

    /// <inheritdoc/>
    public override ulong Features =>
        BlockFeatures.SegMax | BlockFeatures.BlockSize | BlockFeatures.Topology | BlockFeatures.Flush
        | (_medium.IsReadOnly ? BlockFeatures.ReadOnly : BlockFeatures.Discard | BlockFeatures.WriteZeroes)
        | (Queues.Count > 1 ? BlockFeatures.MultiQueue : 0);

    /// <inheritdoc/>
    public override IReadOnlyList<QueueDescription> Queues { get; }

    /// <inheritdoc/>
    public override int ConfigLength => BlockConfiguration.Length;

    /// <inheritdoc/>
    public override int StateLength => _medium.Store.Incarnation == 0 ? 0 : sizeof(ulong);

    /// <summary>Capacity in bytes, as the driver sees it.</summary>
    public ulong Capacity => _medium.Sectors << BlockLimits.SectorShift;

    /// <summary>
    /// Looks at the store's length again and tells the driver if it has changed. Any thread. With a file it happens by
    /// itself within about a second.
    /// </summary>
    public void Resize()
    {
        if (_medium.Refresh()) { Context.NotifyConfigChanged(); }
    }

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        Span<byte> space = stackalloc byte[BlockConfiguration.Length];
        BlockConfiguration.Write(space, _medium, _options.BlockSize, (ushort)Queues.Count);
        space.Slice(offset, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public override QueueHandler CreateHandler(QueueContext queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        _medium.Claim(Context.State);
        if (_medium.IsLost)
        {
            Context.Warn(queue.Name, "the disk was in the memory of a process that has ended; requests fail until the guest resets the device. Use a file to keep the data");
        }
        return new BlockHandler(_medium, _medium.Store.IsImmediate ? null : _workers ??= StartWorkers(), Context, queue);
    }

    /// <inheritdoc/>
    public override void Reset() => _medium.Forgive(Context.State);

    /// <inheritdoc/>
    public override void Deactivate()
    {
        _workers?.Dispose();
        _workers = null;
        _medium.Store.Dispose();
    }

    private BlockWorkers StartWorkers() =>
        new(Context.Name, _options.Threads, 2 * Queues.Count * _options.QueueSize, Resize);
}

using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>A block device's driver over a vhost-user frontend.</summary>
public sealed class BlockDriver : IDisposable
{
    /// <summary>What to ask for, for a block device: all that the driver and the rings know.</summary>
    public static FrontendOptions DefaultOptions => new() { Features = BlockFeatures.All | VirtioFeatures.Rings, RequiredFeatures = VirtioFeatures.Version1 };

    private readonly BlockQueue[] _queues;

    private BlockDriver(VhostUserFrontend frontend, BlockConfig config, BlockQueue[] queues) =>
        (Frontend, Config, _queues) = (frontend, config, queues);

    /// <summary>Sets the device's queues up over a frontend that was connected, and starts the device.</summary>
    /// <param name="frontend">The frontend; owned by the driver.</param>
    /// <param name="depth">Requests in flight per queue, at most.</param>
    /// <param name="queues">Request queues to use.</param>
    /// <param name="maxTransfer">Bytes of the longest request.</param>
    /// <param name="queueSize">The queue size; 0 for the smallest that takes <paramref name="depth"/> requests without indirect tables.</param>
    public static BlockDriver Start(VhostUserFrontend frontend, int depth, int queues = 1, int maxTransfer = 4096, ushort queueSize = 0)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        var config = BlockConfig.Read(frontend);
        if (queues > config.Queues)
            throw new BackendRefusedException($"{frontend.Peer}: the device has {config.Queues} request queues, not {queues}.");
        if (queueSize == 0)
            queueSize = (ushort)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)depth * 3);
        var opened = new BlockQueue[queues];
        for (var i = 0; i < queues; i++)
            opened[i] = new(frontend.AddQueue(i, queueSize), frontend.Memory, depth, maxTransfer);
        frontend.Start();
        return new(frontend, config, opened);
    }

    /// <summary>The frontend underneath.</summary>
    public VhostUserFrontend Frontend { get; }

    /// <summary>The configuration as it was at the start.</summary>
    public BlockConfig Config { get; }

    /// <summary>The request queues.</summary>
    public IReadOnlyList<BlockQueue> Queues => _queues;

    /// <summary>Reads the configuration again.</summary>
    public BlockConfig ReadConfig() => BlockConfig.Read(Frontend);

    /// <inheritdoc/>
    public void Dispose() => Frontend.Dispose();
}

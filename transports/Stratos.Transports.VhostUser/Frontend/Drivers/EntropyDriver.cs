using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>An entropy device's driver over a vhost-user frontend (virtio 1.4, section 5.4). One thread.</summary>
public sealed class EntropyDriver : IDisposable
{
    private readonly FrontendQueue _queue;
    private readonly GuestBuffer[] _buffers;

    private EntropyDriver(VhostUserFrontend frontend, FrontendQueue queue, GuestBuffer[] buffers) =>
        (Frontend, _queue, _buffers) = (frontend, queue, buffers);

    /// <summary>What to ask for, for an entropy device.</summary>
    public static FrontendOptions DefaultOptions => new() { Features = VirtioFeatures.Rings, RequiredFeatures = VirtioFeatures.Version1 };

    /// <summary>Sets the queue up over a frontend that was connected, and starts the device.</summary>
    /// <param name="frontend">The frontend; owned by the driver.</param>
    /// <param name="depth">Requests in flight, at most.</param>
    /// <param name="length">Bytes of each request.</param>
    public static EntropyDriver Start(VhostUserFrontend frontend, int depth, int length)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        var queue = frontend.AddQueue(0, (ushort)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)depth));
        var buffers = new GuestBuffer[depth];
        for (var i = 0; i < depth; i++)
            buffers[i] = frontend.Memory.Heaps[i % frontend.Memory.Heaps.Count].Allocate(length);
        frontend.Start();
        return new(frontend, queue, buffers);
    }

    /// <summary>The frontend underneath.</summary>
    public VhostUserFrontend Frontend { get; }

    /// <summary>The queue underneath.</summary>
    public FrontendQueue Queue => _queue;

    /// <summary>Slots, that is, most requests in flight.</summary>
    public int Depth => _buffers.Length;

    /// <summary>The buffer of a slot; not while the device has it.</summary>
    public Span<byte> Data(int slot) => _buffers[slot].Span;

    /// <summary>Asks for a slot's buffer to be filled. The buffer is zeroed first.</summary>
    /// <returns>False if the ring is full.</returns>
    public bool TryAsk(int slot)
    {
        _buffers[slot].Span.Clear();
        return _queue.Ring.TryAdd([_buffers[slot].FromDevice], (ulong)slot);
    }

    /// <summary>Makes what was asked available to the device.</summary>
    public void Kick() => _queue.Kick();

    /// <summary>Takes a buffer that was filled.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="length">How many bytes are random.</param>
    public bool TryTake(out int slot, out int length)
    {
        var taken = _queue.Ring.TryTake(out var cookie, out var written);
        (slot, length) = ((int)cookie, (int)written);
        return taken;
    }

    /// <summary>Waits for a filled buffer; see <see cref="FrontendQueue.WaitForUsed"/>.</summary>
    public bool Wait(TimeSpan timeout) => _queue.WaitForUsed(timeout);

    /// <inheritdoc/>
    public void Dispose() => Frontend.Dispose();
}

using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>A console's driver, port 0 only, over a vhost-user frontend (virtio 1.4, section 5.3).</summary>
/// <remarks>One thread for sending and one for receiving; they may be the same.</remarks>
public sealed class ConsoleDriver : IDisposable
{
    private const int ReceiveQueue = 0;
    private const int TransmitQueue = 1;
    private const ushort QueueSize = 64;

    private readonly FrontendQueue _receive;
    private readonly FrontendQueue _transmit;
    private readonly GuestBuffer[] _in = new GuestBuffer[QueueSize];
    private readonly GuestBuffer[] _out = new GuestBuffer[QueueSize];
    private readonly Stack<int> _free = new(Enumerable.Range(0, QueueSize).Reverse());

    private ConsoleDriver(VhostUserFrontend frontend, int chunk)
    {
        Frontend = frontend;
        _receive = frontend.AddQueue(ReceiveQueue, QueueSize);
        _transmit = frontend.AddQueue(TransmitQueue, QueueSize);
        var heaps = frontend.Memory.Heaps;
        for (var i = 0; i < QueueSize; i++)
        {
            _in[i] = heaps[i % heaps.Count].Allocate(chunk);
            _out[i] = heaps[i % heaps.Count].Allocate(chunk);
        }
    }

    /// <summary>What to ask for, for a console with one port.</summary>
    public static FrontendOptions DefaultOptions => new() { Features = VirtioFeatures.Rings, RequiredFeatures = VirtioFeatures.Version1 };

    /// <summary>Sets both queues up over a frontend that was connected, starts the device and gives it all receive buffers.</summary>
    /// <param name="frontend">The frontend; owned by the driver.</param>
    /// <param name="chunk">Bytes of each buffer.</param>
    public static ConsoleDriver Start(VhostUserFrontend frontend, int chunk = 256)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        var driver = new ConsoleDriver(frontend, chunk);
        frontend.Start();
        for (var i = 0; i < QueueSize; i++)
            driver._receive.Ring.TryAdd([driver._in[i].FromDevice], (ulong)i);
        driver._receive.Kick();
        return driver;
    }

    /// <summary>The frontend underneath.</summary>
    public VhostUserFrontend Frontend { get; }

    /// <summary>Bytes of each buffer.</summary>
    public int Chunk => _out[0].Length;

    /// <summary>Buffers that were sent and not used by the device yet.</summary>
    public int Sending => _transmit.Ring.InFlight;

    /// <summary>The receive queue underneath.</summary>
    public FrontendQueue Receiver => _receive;

    /// <summary>The transmit queue underneath.</summary>
    public FrontendQueue Transmitter => _transmit;

    /// <summary>Sends bytes: at most <see cref="Chunk"/> of them, as one request.</summary>
    /// <returns>False if all buffers are in flight.</returns>
    public bool TrySend(ReadOnlySpan<byte> bytes)
    {
        if (!_free.TryPop(out var slot))
            return false;
        bytes.CopyTo(_out[slot].Span);
        if (!_transmit.Ring.TryAdd([_out[slot].Slice(0, bytes.Length).ToDevice], (ulong)slot))
        {
            _free.Push(slot);
            return false;
        }
        _transmit.Kick();
        return true;
    }

    /// <summary>Takes back one buffer whose bytes the device has taken.</summary>
    public bool TryTakeSent()
    {
        if (!_transmit.Ring.TryTake(out var slot, out _))
            return false;
        _free.Push((int)slot);
        return true;
    }

    /// <summary>Takes received bytes, from the first used buffer, which goes back to the device.</summary>
    /// <param name="destination">At least <see cref="Chunk"/> bytes.</param>
    /// <param name="count">How many bytes came.</param>
    public bool TryReceive(Span<byte> destination, out int count)
    {
        count = 0;
        if (!_receive.Ring.TryTake(out var slot, out var written))
            return false;
        count = (int)written;
        _in[slot].Span[..count].CopyTo(destination);
        _receive.Ring.TryAdd([_in[slot].FromDevice], slot);
        _receive.Kick();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Frontend.Dispose();
}

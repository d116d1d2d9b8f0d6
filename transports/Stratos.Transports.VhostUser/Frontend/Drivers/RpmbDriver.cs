using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>An RPMB device's driver over a vhost-user frontend (virtio 1.4, section 5.12): it carries frames and looks into none. One thread.</summary>
public sealed class RpmbDriver : IDisposable
{
    private const int FrameLength = 512;
    private const int ConfigLength = 3;
    private static readonly TimeSpan s_spin = TimeSpan.FromMicroseconds(100);

    private readonly GuestBuffer _request;
    private readonly GuestBuffer _response;
    private readonly DriverBuffer[] _buffers;

    private RpmbDriver(VhostUserFrontend frontend, FrontendQueue queue, int frames)
    {
        (Frontend, Queue) = (frontend, queue);
        _request = frontend.Memory.Heaps[0].Allocate(frames * FrameLength);
        _response = frontend.Memory.Heaps[0].Allocate(frames * FrameLength);
        _buffers = new DriverBuffer[2 * frames];
    }

    /// <summary>What to ask for, for an RPMB device.</summary>
    public static FrontendOptions DefaultOptions => new() { Features = VirtioFeatures.Rings, RequiredFeatures = VirtioFeatures.Version1 };

    /// <summary>Sets the queue up over a frontend that was connected, and starts the device.</summary>
    /// <param name="frontend">The frontend; owned by the driver.</param>
    /// <param name="frames">The most frames that a request, and that a response, may have.</param>
    public static RpmbDriver Start(VhostUserFrontend frontend, int frames = 33)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        RpmbDriver driver = new(frontend, frontend.AddQueue(0, (ushort)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * frames))), frames);
        Span<byte> config = stackalloc byte[ConfigLength];
        frontend.ReadConfig(0, config);
        (driver.Capacity, driver.MaxWriteBlocks, driver.MaxReadBlocks) = (config[0], config[1], config[2]);
        frontend.Start();
        return driver;
    }

    /// <summary>The frontend underneath.</summary>
    public VhostUserFrontend Frontend { get; }

    /// <summary>The queue underneath.</summary>
    public FrontendQueue Queue { get; }

    /// <summary>Capacity in units of 128 KiB.</summary>
    public int Capacity { get; private set; }

    /// <summary>The most blocks in one write; 0 for no limit.</summary>
    public int MaxWriteBlocks { get; private set; }

    /// <summary>The most blocks in one read; 0 for no limit.</summary>
    public int MaxReadBlocks { get; private set; }

    /// <summary>Sends the frames of one request, each a buffer of its own, and waits for the response. Allocates nothing.</summary>
    /// <param name="request">Whole frames.</param>
    /// <param name="response">Room for whole frames; may be empty.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>The number of bytes in the response.</returns>
    /// <exception cref="TimeoutException">The device did not answer in time.</exception>
    /// <exception cref="BackendLostException">The connection ended.</exception>
    public int Exchange(ReadOnlySpan<byte> request, Span<byte> response, TimeSpan timeout)
    {
        request.CopyTo(_request.Span);
        _response.Span[..response.Length].Clear();
        int count = 0;
        for (int at = 0; at < request.Length; at += FrameLength) { _buffers[count++] = _request.Slice(at, FrameLength).ToDevice; }
        for (int at = 0; at < response.Length; at += FrameLength) { _buffers[count++] = _response.Slice(at, FrameLength).FromDevice; }
        if (!Queue.Ring.TryAdd(_buffers.AsSpan(0, count), 0)) { throw new InvalidOperationException("The ring has no room: an exchange before this one has not ended."); }
        Queue.Kick();
        if (!Queue.SpinForUsed(s_spin, timeout)) { throw new TimeoutException($"{Frontend.Peer}: no response within {timeout.TotalSeconds} s."); }
        Queue.Ring.TryTake(out _, out uint written);
        _response.Span[..(int)written].CopyTo(response);
        return (int)written;
    }

    /// <inheritdoc/>
    public void Dispose() => Frontend.Dispose();
}

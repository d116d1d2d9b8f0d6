using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>A watchdog's driver over a vhost-user frontend (docs/standards/virtio-watchdog.md). One request at a time; one thread.</summary>
public sealed class WatchdogDriver : IDisposable
{
    /// <summary>VIRTIO_WATCHDOG_F_CONTROL, the base of the extension.</summary>
    public const ulong ControlFeature = 1UL << 0;

    private const ulong AllFeatures = 0x3F;
    private const ushort QueueSize = 16;
    private const int RequestLength = 8;
    private const int EventLength = 8;
    private const int AnswerRoom = 8;

    private readonly FrontendQueue _requests;
    private readonly GuestBuffer _request;
    private readonly GuestBuffer _answer;
    private readonly GuestBuffer _event;

    private WatchdogDriver(VhostUserFrontend frontend)
    {
        Frontend = frontend;
        _requests = frontend.AddQueue(0, QueueSize);
        GuestHeap heap = frontend.Memory.Heaps[0];
        (_request, _answer, _event) = (heap.Allocate(RequestLength), heap.Allocate(AnswerRoom), heap.Allocate(EventLength));
        if (IsExtended) { Events = frontend.AddQueue(1, QueueSize); }
    }

    /// <summary>What to ask for, for a watchdog with the extension or without it.</summary>
    public static FrontendOptions DefaultOptions => new() { Features = VirtioFeatures.Rings | AllFeatures, RequiredFeatures = VirtioFeatures.Version1 };

    /// <summary>Sets the queues up over a frontend that was connected, starts the device and gives it a buffer for an event.</summary>
    /// <param name="frontend">The frontend; owned by the driver.</param>
    public static WatchdogDriver Start(VhostUserFrontend frontend)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        WatchdogDriver driver = new(frontend);
        frontend.Start();
        driver.PostEventBuffer();
        return driver;
    }

    /// <summary>The frontend underneath.</summary>
    public VhostUserFrontend Frontend { get; }

    /// <summary>Whether the extension was negotiated.</summary>
    public bool IsExtended => (Frontend.Features & ControlFeature) != 0;

    /// <summary>The event queue underneath; null without the extension.</summary>
    public FrontendQueue? Events { get; }

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The ping of the protocol in use.</summary>
    /// <exception cref="DeviceMisbehavedException">The device wrote another byte than 1, or more than one.</exception>
    public void Ping()
    {
        byte status = Exchange([]);
        if (status != 1) { throw new DeviceMisbehavedException($"{Frontend.Peer}: a ping was answered with {status}."); }
    }

    /// <summary>A request of the extension.</summary>
    /// <param name="type">VIRTIO_WATCHDOG_R_*: 0 is a ping, 1 to 4 set time-out, pre-time-out, window and processors, 5 stops, 6 clears the boot status.</param>
    /// <param name="value">Its value.</param>
    /// <param name="processor">The processor that pings.</param>
    /// <returns>VIRTIO_WATCHDOG_S_*: 1 is OK.</returns>
    public byte Ask(ushort type, uint value = 0, ushort processor = 0)
    {
        Span<byte> request = stackalloc byte[RequestLength];
        BinaryPrimitives.WriteUInt16LittleEndian(request, type);
        BinaryPrimitives.WriteUInt16LittleEndian(request[2..], processor);
        BinaryPrimitives.WriteUInt32LittleEndian(request[4..], value);
        return Exchange(request);
    }

    /// <summary>Reads a field of the configuration by its offset.</summary>
    public uint ReadConfig(int offset)
    {
        Span<byte> bytes = stackalloc byte[offset + sizeof(uint)];
        Frontend.ReadConfig(0, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
    }

    /// <summary>Takes the event that the time is nearly over; its buffer goes back to the device.</summary>
    /// <param name="remaining">Milliseconds that are left, as the device saw it.</param>
    public bool TryTakeWarning(out uint remaining)
    {
        remaining = 0;
        if (Events is null || !Events.Ring.TryTake(out _, out uint written)) { return false; }
        if (written != EventLength) { throw new DeviceMisbehavedException($"{Frontend.Peer}: an event has {written} bytes."); }
        remaining = BinaryPrimitives.ReadUInt32LittleEndian(_event.Span[4..]);
        PostEventBuffer();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Frontend.Dispose();

    private void PostEventBuffer()
    {
        if (Events is null) { return; }
        Events.Ring.TryAdd([_event.FromDevice], 0);
        Events.Kick();
    }

    private byte Exchange(ReadOnlySpan<byte> request)
    {
        _answer.Span.Clear();
        request.CopyTo(_request.Span);
        if (request.IsEmpty) { _requests.Ring.TryAdd([_answer.FromDevice], 0); }
        else { _requests.Ring.TryAdd([_request.ToDevice, _answer.FromDevice], 0); }
        _requests.Kick();
        uint written;
        while (!_requests.Ring.TryTake(out _, out written))
        {
            if (!_requests.WaitForUsed(Timeout)) { throw new TimeoutException($"{Frontend.Peer}: a request was not answered within {Timeout.TotalSeconds:0.#} s."); }
        }
        if (written != 1 || _answer.Span[1..].ContainsAnyExcept((byte)0)) { throw new DeviceMisbehavedException($"{Frontend.Peer}: an answer has {written} bytes instead of one."); }
        return _answer.Span[0];
    }
}

using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>An RTC device's driver over a vhost-user frontend (virtio 1.4, section 5.23). One request at a time; one thread.</summary>
public sealed class RtcDriver : IDisposable
{
    /// <summary>VIRTIO_RTC_F_ALARM.</summary>
    public const ulong AlarmFeature = 1UL << 0;

    private const int RequestQueue = 0;
    private const int AlarmQueue = 1;
    private const ushort QueueSize = 16;
    private const int LongestMessage = 24;
    private const int NotificationLength = 16;
    private const ushort AlarmNotification = 0x2000;

    private readonly FrontendQueue _requests;
    private readonly GuestBuffer _request;
    private readonly GuestBuffer _response;
    private readonly GuestBuffer[] _notifications = new GuestBuffer[QueueSize];

    private RtcDriver(VhostUserFrontend frontend)
    {
        Frontend = frontend;
        _requests = frontend.AddQueue(RequestQueue, QueueSize);
        GuestHeap heap = frontend.Memory.Heaps[0];
        (_request, _response) = (heap.Allocate(LongestMessage), heap.Allocate(LongestMessage));
        if ((frontend.Features & AlarmFeature) == 0) { return; }
        Alarms = frontend.AddQueue(AlarmQueue, QueueSize);
        for (int i = 0; i < QueueSize; i++) { _notifications[i] = heap.Allocate(NotificationLength); }
    }

    /// <summary>What to ask for, for an RTC device.</summary>
    public static FrontendOptions DefaultOptions => new() { Features = VirtioFeatures.Rings | AlarmFeature, RequiredFeatures = VirtioFeatures.Version1 };

    /// <summary>Sets the queues up over a frontend that was connected, starts the device and gives it all notification buffers.</summary>
    /// <param name="frontend">The frontend; owned by the driver.</param>
    public static RtcDriver Start(VhostUserFrontend frontend)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        RtcDriver driver = new(frontend);
        frontend.Start();
        if (driver.Alarms is not { } alarms) { return driver; }
        for (int i = 0; i < QueueSize; i++) { alarms.Ring.TryAdd([driver._notifications[i].FromDevice], (ulong)i); }
        alarms.Kick();
        return driver;
    }

    /// <summary>The frontend underneath.</summary>
    public VhostUserFrontend Frontend { get; }

    /// <summary>The request queue underneath.</summary>
    public FrontendQueue Requests => _requests;

    /// <summary>The alarm queue underneath; null if the device has no alarms.</summary>
    public FrontendQueue? Alarms { get; }

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to look for an answer before waiting for the device's notification.</summary>
    public TimeSpan Spin { get; init; }

    /// <summary>VIRTIO_RTC_REQ_CFG: how many clocks there are.</summary>
    public int CountClocks()
    {
        Require(0x1000, 8, 16);
        return BinaryPrimitives.ReadUInt16LittleEndian(_response.Span[8..]);
    }

    /// <summary>VIRTIO_RTC_REQ_CLOCK_CAP: a clock's type, its smearing, and whether it has an alarm.</summary>
    public (byte Type, byte Smearing, bool HasAlarm) DescribeClock(int clock)
    {
        About(clock, 0);
        Require(0x1001, 16, 16);
        return (_response.Span[8], _response.Span[9], (_response.Span[10] & 1) != 0);
    }

    /// <summary>VIRTIO_RTC_REQ_CROSS_CAP: whether a clock can be read together with a counter.</summary>
    public bool CanCross(int clock, byte counter)
    {
        About(clock, counter);
        Require(0x1002, 16, 16);
        return (_response.Span[8] & 1) != 0;
    }

    /// <summary>VIRTIO_RTC_REQ_READ: a clock's time in nanoseconds.</summary>
    public ulong Read(int clock)
    {
        About(clock, 0);
        Require(0x0001, 16, 16);
        return BinaryPrimitives.ReadUInt64LittleEndian(_response.Span[8..]);
    }

    /// <summary>VIRTIO_RTC_REQ_READ_CROSS: a clock's time and the counter's value at that moment.</summary>
    public (ulong Nanoseconds, ulong Cycles) ReadCross(int clock, byte counter)
    {
        About(clock, counter);
        Require(0x0002, 16, 24);
        return (BinaryPrimitives.ReadUInt64LittleEndian(_response.Span[8..]), BinaryPrimitives.ReadUInt64LittleEndian(_response.Span[16..]));
    }

    /// <summary>VIRTIO_RTC_REQ_READ_ALARM: an alarm's time and whether it is enabled.</summary>
    public (ulong Nanoseconds, bool Enabled) ReadAlarm(int clock)
    {
        About(clock, 0);
        Require(0x1003, 16, 24);
        return (BinaryPrimitives.ReadUInt64LittleEndian(_response.Span[8..]), (_response.Span[16] & 1) != 0);
    }

    /// <summary>VIRTIO_RTC_REQ_SET_ALARM: sets an alarm's time, and enables or disables it.</summary>
    public void SetAlarm(int clock, ulong nanoseconds, bool enabled)
    {
        Span<byte> request = _request.Span;
        request.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(request[8..], nanoseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(request[16..], (ushort)clock);
        request[18] = enabled ? (byte)1 : (byte)0;
        Require(0x1004, 24, 8);
    }

    /// <summary>VIRTIO_RTC_REQ_SET_ALARM_ENABLED: enables or disables an alarm.</summary>
    public void EnableAlarm(int clock, bool enabled)
    {
        About(clock, enabled ? (byte)1 : (byte)0);
        Require(0x1005, 16, 8);
    }

    /// <summary>Takes a notification of an alarm; its buffer goes back to the device.</summary>
    /// <param name="clock">The clock.</param>
    /// <returns>False if there is none.</returns>
    /// <exception cref="DeviceMisbehavedException">What came is no notification of an alarm.</exception>
    public bool TryTakeAlarm(out int clock)
    {
        clock = -1;
        if (Alarms is null || !Alarms.Ring.TryTake(out ulong slot, out uint written)) { return false; }
        GuestBuffer buffer = _notifications[slot];
        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(buffer.Span);
        if (written != NotificationLength || type != AlarmNotification)
        {
            throw new DeviceMisbehavedException($"{Frontend.Peer}: a notification has {written} bytes and type {type:#x}.");
        }
        clock = BinaryPrimitives.ReadUInt16LittleEndian(buffer.Span[8..]);
        buffer.Span.Clear();
        Alarms.Ring.TryAdd([buffer.FromDevice], slot);
        Alarms.Kick();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Frontend.Dispose();

    private void About(int clock, byte argument)
    {
        Span<byte> request = _request.Span;
        request.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(request[8..], (ushort)clock);
        request[10] = argument;
    }

    /// <summary>Sends the request that was laid out and waits for its response.</summary>
    /// <exception cref="BackendRefusedException">The device answered with an error, or not as long as it must.</exception>
    /// <exception cref="TimeoutException">The device did not answer.</exception>
    private void Require(ushort type, int requestLength, int responseLength)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_request.Span, type);
        _response.Span.Clear();
        _requests.Ring.TryAdd([_request.Slice(0, requestLength).ToDevice, _response.Slice(0, responseLength).FromDevice], type);
        _requests.Kick();
        uint written;
        while (!_requests.Ring.TryTake(out _, out written))
        {
            if (!_requests.SpinForUsed(Spin, Timeout)) { throw new TimeoutException($"{Frontend.Peer}: request {type:#x} was not answered within {Timeout.TotalSeconds:0.#} s."); }
        }
        byte status = _response.Span[0];
        if (status != 0 || written != responseLength)
        {
            throw new BackendRefusedException($"{Frontend.Peer}: request {type:#x} was answered with status {status} and {written} of {responseLength} bytes.");
        }
    }
}

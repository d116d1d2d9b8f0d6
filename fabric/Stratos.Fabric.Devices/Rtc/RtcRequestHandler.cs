using System.Buffers.Binary;
using Stratos.Fabric.Devices.Rtc.Alarms;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Rtc;

/// <summary>Serves the requestq, on the pump and in order. A reading that is made a second time after a crash is a later one, which the driver cannot tell from the first.</summary>
internal sealed class RtcRequestHandler : QueueHandler
{
    /// <summary>VIRTIO_RTC_FLAG_ALARM_CAP and VIRTIO_RTC_FLAG_CROSS_CAP.</summary>
    private const byte Capable = 1;

    private readonly RtcDevice _device;
    private readonly QueueContext _queue;
    private readonly bool _hasAlarms;

    public RtcRequestHandler(RtcDevice device, QueueContext queue)
    {
        (_device, _queue) = (device, queue);
        _hasAlarms = (queue.Features & RtcDevice.AlarmFeature) != 0;
        if (!queue.Resumed) { device.Alarms.ForgetRequests(); }
    }

    public override void Handle(DescriptorChain chain)
    {
        if (chain.WritableLength == 0)
        {
            _device.Warn(_queue.Name, "a request without room for its status was returned empty");
            chain.Complete(0);
            return;
        }
        Span<byte> bytes = stackalloc byte[RtcMessage.MaxLength];
        Span<byte> response = stackalloc byte[RtcMessage.MaxLength];
        response.Clear();
        RtcStatus status = RtcRequest.Read(bytes[..chain.CopyFrom(0, bytes)], out RtcRequest request);
        if (status is RtcStatus.Ok) { status = Check(request, chain.WritableLength); }
        if (status is RtcStatus.Ok) { status = Answer(request, chain.Sequence, response); }
        int length = RtcMessage.HeadLength;
        if (status is RtcStatus.Ok) { length = request.Message.ResponseLength; }
        else { response.Clear(); }
        response[0] = (byte)status;
        chain.Complete((uint)chain.CopyTo(0, response[..length]));
    }

    private RtcStatus Check(RtcRequest request, ulong room)
    {
        if (room < (ulong)request.Message.ResponseLength) { return RtcStatus.Invalid; }
        if (request.IsAboutCounter && !request.HasKnownCounter) { return RtcStatus.NotSupported; }
        if (request.IsAboutAlarm && !_hasAlarms) { return RtcStatus.NoDevice; }
        if (request.Message.ClockAt != 0 && request.Clock >= _device.Clocks.Count) { return RtcStatus.NoDevice; }
        if (request.IsAboutAlarm && !_device.HasAlarm(request.Clock)) { return RtcStatus.NoDevice; }
        return request.HasForbiddenBits ? RtcStatus.Invalid : RtcStatus.Ok;
    }

    private RtcStatus Answer(RtcRequest request, ulong sequence, Span<byte> response)
    {
        Span<byte> rest = response[RtcMessage.HeadLength..];
        switch (request.Type)
        {
            case RtcMessageType.Config:
                BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)_device.Clocks.Count);
                return RtcStatus.Ok;
            case RtcMessageType.ClockCapabilities:
                ClockDescription clock = _device.Clocks[request.Clock];
                (rest[0], rest[1]) = ((byte)clock.Type, (byte)clock.Smearing);
                rest[2] = _hasAlarms && _device.HasAlarm(request.Clock) ? Capable : (byte)0;
                return RtcStatus.Ok;
            case RtcMessageType.CrossCapability:
                rest[0] = _device.CanCross(request.Clock, request.Counter) ? Capable : (byte)0;
                return RtcStatus.Ok;
            case RtcMessageType.Read:
                bool read = _device.TryRead(request.Clock, out ulong now);
                BinaryPrimitives.WriteUInt64LittleEndian(rest, now);
                return read ? RtcStatus.Ok : RtcStatus.IoError;
            case RtcMessageType.ReadCross:
                return Cross(request, rest);
            case RtcMessageType.ReadAlarm:
                AlarmRecord alarm = _device.AlarmOf(request.Clock);
                BinaryPrimitives.WriteUInt64LittleEndian(rest, alarm.Time);
                rest[8] = alarm.IsEnabled ? RtcRequest.AlarmEnabled : (byte)0;
                return RtcStatus.Ok;
            default:
                ulong? time = request.Type is RtcMessageType.SetAlarm ? request.AlarmTime : null;
                return _device.TrySetAlarm(request.Clock, time, request.Enables, sequence) ? RtcStatus.Ok : RtcStatus.IoError;
        }
    }

    private RtcStatus Cross(RtcRequest request, Span<byte> rest)
    {
        if (!_device.CanCross(request.Clock, request.Counter)) { return RtcStatus.NotSupported; }
        if (!_device.TryReadCross(request.Clock, request.Counter, out ulong now, out ulong cycles)) { return RtcStatus.IoError; }
        BinaryPrimitives.WriteUInt64LittleEndian(rest, now);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], cycles);
        return RtcStatus.Ok;
    }
}

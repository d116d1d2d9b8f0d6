using System.Buffers.Binary;
using Stratos.Fabric.Devices.Recovery;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Rtc.Alarms;

/// <summary>Serves the alarmq: one buffer tells of one expiration.</summary>
internal sealed class AlarmHandler : NotificationHandler
{
    private readonly RtcDevice _device;

    public AlarmHandler(RtcDevice device, QueueContext queue)
        : base(queue, device.Gate, RtcMessage.NotificationLength, queue.Resumed && device.Alarms.HasCarrier)
    {
        _device = device;
        if (!queue.Resumed) { device.Alarms.ForgetCarrier(); }
        device.Attach(this, (queue.Features & RtcDevice.AlarmFeature) != 0);
    }

    protected override bool IsPending => _device.Alarms.IsRinging;

    protected override bool TryCarry(ulong sequence, Span<byte> notification)
    {
        int clock = _device.Alarms.ClockCarriedBy(sequence);
        if (clock < 0) { clock = _device.Alarms.Carry(sequence); }
        BinaryPrimitives.WriteUInt16LittleEndian(notification, (ushort)RtcMessageType.AlarmNotification);
        BinaryPrimitives.WriteUInt16LittleEndian(notification[RtcMessage.HeadLength..], (ushort)Math.Max(clock, 0));
        return clock >= 0;
    }

    protected override void Detach() => _device.Detach(this);

    protected override void Warn(string where, string what) => _device.Warn(where, what);
}

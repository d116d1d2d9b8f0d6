using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Rtc.Alarms;

/// <summary>Serves the alarmq: one buffer tells of one expiration. The buffers stay in the ring until there is one.</summary>
/// <remarks>
/// The board notes, in one step, that the alarm does not ring any more and which request carries the notification; only
/// then is the request filled and completed. After a crash the request is either handed out again, and carries the same
/// notification, or it was completed, and the alarm is quiet. So each expiration is told once.
/// </remarks>
internal sealed class AlarmHandler : QueueHandler
{
    private readonly RtcDevice _device;
    private readonly QueueContext _queue;
    private DescriptorChain? _held;
    private bool _mayOwe;

    public AlarmHandler(RtcDevice device, QueueContext queue)
    {
        (_device, _queue) = (device, queue);
        if (!queue.Resumed) { device.Alarms.ForgetCarrier(); }
        _mayOwe = device.Alarms.HasCarrier;
        device.Attach(this, (queue.Features & RtcDevice.AlarmFeature) != 0);
    }

    /// <summary>One at a time. A successor asks for one in any case: it may be the one that carried a notification when the process died.</summary>
    public override int Demand
    {
        get
        {
            lock (_device.Gate) { return _held is null && (_mayOwe || _device.Alarms.IsRinging) ? 1 : 0; }
        }
    }

    public override void Handle(DescriptorChain chain)
    {
        lock (_device.Gate)
        {
            _mayOwe = false;
            if (chain.ReadableLength != 0 || chain.WritableLength < RtcMessage.NotificationLength)
            {
                _device.Warn(_queue.Name, "a buffer without room for a notification was returned empty");
                chain.Complete(0);
                return;
            }
            int clock = _device.Alarms.ClockCarriedBy(chain.Sequence);
            if (clock < 0) { clock = _device.Alarms.Carry(chain.Sequence); }
            if (clock >= 0) { Tell(chain, clock); }
            else { _held = chain; }
        }
    }

    public override void Stop()
    {
        lock (_device.Gate)
        {
            _device.Detach(this);
            _held?.Release();
            _held = null;
        }
    }

    /// <summary>An alarm may ring. With the device's gate held; any thread.</summary>
    public void Ring()
    {
        if (_held is null)
        {
            _queue.Wake();
            return;
        }
        int clock = _device.Alarms.Carry(_held.Sequence);
        if (clock < 0) { return; }
        DescriptorChain chain = _held;
        _held = null;
        Tell(chain, clock);
    }

    private static void Tell(DescriptorChain chain, int clock)
    {
        Span<byte> notification = stackalloc byte[RtcMessage.NotificationLength];
        notification.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(notification, (ushort)RtcMessageType.AlarmNotification);
        BinaryPrimitives.WriteUInt16LittleEndian(notification[RtcMessage.HeadLength..], (ushort)clock);
        chain.CopyTo(0, notification);
        chain.Complete(RtcMessage.NotificationLength);
    }
}

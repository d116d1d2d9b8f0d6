using System.Buffers.Binary;
using Stratos.Fabric.Devices.Recovery;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>Serves the eventq: tells the driver, once in each period, that the time is nearly over.</summary>
internal sealed class WatchdogEventHandler : NotificationHandler
{
    /// <summary>Length of struct virtio_watchdog_event.</summary>
    public const int EventLength = 8;

    private readonly WatchdogDevice _device;

    public WatchdogEventHandler(WatchdogDevice device, QueueContext queue)
        : base(queue, device.Gate, EventLength, queue.Resumed && device.Board.HasCarrier)
    {
        _device = device;
        if (!queue.Resumed) { device.Board.ForgetCarrier(); }
        device.Attach(this);
    }

    protected override bool IsPending => _device.Board.IsPending;

    protected override bool TryCarry(ulong sequence, Span<byte> notification)
    {
        if (!_device.Board.IsCarriedBy(sequence))
        {
            if (!IsPending) { return false; }
            _device.Board.Carry(sequence);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(notification[4..], _device.Remaining);
        return true;
    }

    protected override void Detach() => _device.Detach(this);

    protected override void Warn(string where, string what) => _device.Warn(where, what);
}

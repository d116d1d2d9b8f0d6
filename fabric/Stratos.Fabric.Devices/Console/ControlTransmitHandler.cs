using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Console;

/// <summary>Serves the control transmit queue: hears what the driver says of itself and its ports. Every message may be heard twice.</summary>
internal sealed class ControlTransmitHandler : QueueHandler
{
    private readonly ConsoleDevice _device;
    private readonly string _name;

    public ControlTransmitHandler(ConsoleDevice device, QueueContext queue)
    {
        (_device, _name) = (device, queue.Name);
        if (!queue.Resumed) { device.Board.ForgetSequence(); }
    }

    public override void Handle(DescriptorChain chain)
    {
        Span<byte> bytes = stackalloc byte[ConsoleMessage.Length];
        if (chain.WritableLength != 0 || chain.CopyFrom(0, bytes) < ConsoleMessage.Length)
        {
            _device.Warn(_name, "a request that is not a control message was dropped");
        }
        else
        {
            Hear(ConsoleMessage.Read(bytes), chain.Sequence);
        }
        chain.Complete(0);
    }

    private void Hear(ConsoleMessage message, ulong sequence)
    {
        if (message.Event is ConsoleEvent.DeviceReady)
        {
            if (_device.Board.SetDriverReady(sequence, message.Value == 1)) { _device.OnDriverChanged(); }
            return;
        }
        if (message.Port >= (uint)_device.PortCount || !_device.Board.FlagsOf((int)message.Port).HasFlag(PortFlags.Added))
        {
            _device.Warn(_name, "a control message about a port that does not exist was dropped");
            return;
        }
        int port = (int)message.Port;
        bool on = message.Value == 1;
        switch (message.Event)
        {
            case ConsoleEvent.PortReady:
                _device.Board.Change(port, on ? PortFlags.Ready : PortFlags.None, on ? PortFlags.None : PortFlags.Ready);
                break;
            case ConsoleEvent.PortOpen:
                _device.Board.Change(port, on ? PortFlags.GuestOpen : PortFlags.None, on ? PortFlags.None : PortFlags.GuestOpen);
                break;
            default:
                _device.Warn(_name, "a control message of a kind that a driver does not send was dropped");
                return;
        }
        _device.OnGuestChanged(port);
    }
}

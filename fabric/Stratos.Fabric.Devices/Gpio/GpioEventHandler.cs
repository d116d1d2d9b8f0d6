using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>Serves the eventq (virtio 1.4, section 5.18.7): each pair of buffers waits for the interrupt of its line.</summary>
internal sealed class GpioEventHandler(GpioDevice device, QueueContext queue) : QueueHandler
{
    private const int RequestLength = sizeof(ushort);

    public override void Handle(DescriptorChain chain)
    {
        Span<byte> bytes = stackalloc byte[RequestLength];
        if (chain.WritableLength == 0 || chain.ReadableLength != RequestLength)
        {
            device.Warn(queue.Name, "a buffer that is not 2 bytes with room for a status was returned");
            GpioInterrupts.Refuse(chain);
            return;
        }
        chain.CopyFrom(0, bytes);
        int line = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        if (line < device.LineCount)
        {
            device.Unmask(line, chain, queue.Name);
            return;
        }
        device.Warn(queue.Name, "a buffer for a line that does not exist was returned");
        GpioInterrupts.Refuse(chain);
    }

    public override void Stop() => device.ReleaseEvents();
}

using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>Serves the requestq (virtio 1.4, section 5.18.6): each request at once, in the order in which they come.</summary>
internal sealed class GpioRequestHandler(GpioDevice device, QueueContext queue) : QueueHandler
{
    private readonly bool _hasInterrupts = (queue.Features & GpioFeatures.Interrupts) != 0;

    public override void Handle(DescriptorChain chain)
    {
        if (chain.WritableLength < GpioRequest.ResponseLength || chain.ReadableLength != GpioRequest.Length)
        {
            device.Warn(queue.Name, "a request that is not 8 bytes with room for a response was refused");
            chain.Complete((uint)chain.CopyTo(0, [GpioRequest.Error, 0]));
            return;
        }
        Span<byte> bytes = stackalloc byte[GpioRequest.Length];
        chain.CopyFrom(0, bytes);
        GpioRequest request = GpioRequest.Read(bytes);
        if (request.Type is GpioMessageType.GetLineNames) { Name(chain); }
        else { Serve(chain, request); }
    }

    private void Serve(DescriptorChain chain, GpioRequest request)
    {
        byte value = 0;
        Errno error = request.Line < device.LineCount ? device.Serve(request, _hasInterrupts, out value) : Errno.EINVAL;
        if (error is not Errno.None) { device.Warn(queue.Name, Reason(error)); }
        chain.Complete((uint)chain.CopyTo(0, [error is Errno.None ? GpioRequest.Ok : GpioRequest.Error, value]));
    }

    private void Name(DescriptorChain chain)
    {
        ReadOnlySpan<byte> names = device.Names;
        if (names.IsEmpty || chain.WritableLength < 1 + (ulong)names.Length)
        {
            device.Warn(queue.Name, "a request for names that are not there, or without room for them, was refused");
            chain.Complete((uint)chain.CopyTo(0, [GpioRequest.Error, 0]));
            return;
        }
        chain.CopyTo(0, [GpioRequest.Ok]);
        chain.Complete(1 + (uint)chain.CopyTo(1, names));
    }

    private static string Reason(Errno error) => error switch
    {
        Errno.EINVAL => "a request that the specification does not allow was refused",
        Errno.EBUSY => "a line's direction or interrupt type was to change while its interrupt is enabled, and was refused",
        Errno.EPERM => "a request for a line that the guest may not drive was refused",
        Errno.EOPNOTSUPP => "an interrupt request without the negotiated feature was refused",
        _ => "the host's port failed, and the request with it",
    };
}

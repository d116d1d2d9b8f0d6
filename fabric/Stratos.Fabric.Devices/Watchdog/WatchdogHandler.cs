using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>
/// Serves the requestq: pings and settings, on the pump. Each is applied once; a request that was applied before a crash
/// is answered again and changes nothing, so that a takeover feeds no watchdog.
/// </summary>
internal sealed class WatchdogHandler : QueueHandler
{
    private readonly WatchdogDevice _device;
    private readonly QueueContext _queue;

    public WatchdogHandler(WatchdogDevice device, QueueContext queue)
    {
        (_device, _queue) = (device, queue);
        device.Listen(queue.Resumed);
    }

    public override void Handle(DescriptorChain chain)
    {
        bool hasControl = (_queue.Features & WatchdogFeatures.Control) != 0;
        if (chain.WritableLength == 0 || (chain.ReadableLength != 0 && !hasControl))
        {
            _device.Warn(_queue.Name, "a ping that does not consist of a device-writable buffer was returned empty");
            chain.Complete(0);
            return;
        }
        Span<byte> bytes = stackalloc byte[WatchdogRequest.Length];
        Span<byte> answer = stackalloc byte[1];
        int got = chain.CopyFrom(0, bytes);
        bool isWhole = got is 0 or WatchdogRequest.Length;
        WatchdogRequest request = got == 0 || !isWhole ? WatchdogRequest.Ping : WatchdogRequest.Read(bytes);
        answer[0] = (byte)(isWhole ? _device.Ask(request, chain.Sequence, _queue.Features) : WatchdogStatus.Invalid);
        chain.Complete((uint)chain.CopyTo(0, answer));
    }

    public override void Stop() => _device.StopListening();
}

using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Can;

/// <summary>Serves the Controlq: starts and stops the controller (virtio 1.4, section 5.20.5.1). Both may be done twice.</summary>
internal sealed class CanControlHandler(CanDevice device, QueueContext queue) : QueueHandler
{
    public override void Handle(DescriptorChain chain)
    {
        if (chain.WritableLength == 0)
        {
            device.Warn(queue.Name, "a request without room for its result was dropped");
            chain.Complete(0);
            return;
        }
        bool done = CanMessage.ReadControl(chain) is { } start && device.SetStarted(start);
        chain.Complete(CanMessage.WriteResult(chain, done ? CanResult.Ok : CanResult.NotOk));
    }
}

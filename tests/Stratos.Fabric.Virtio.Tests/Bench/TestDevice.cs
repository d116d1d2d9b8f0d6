using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Bench;

/// <summary>A device with one queue whose handler the test gives.</summary>
internal sealed class TestDevice(Func<QueueContext, QueueHandler> create) : VirtioDevice
{
    /// <summary>A device that serves each chain inline with a function.</summary>
    public TestDevice(Action<DescriptorChain> handle) : this(_ => new FunctionHandler(handle)) { }

    public override VirtioDeviceId Id => VirtioDeviceId.Entropy;
    public override ulong Features => 0;
    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("queue", 32768)];
    public override QueueHandler CreateHandler(QueueContext queue) => create(queue);

    private sealed class FunctionHandler(Action<DescriptorChain> handle) : QueueHandler
    {
        public override void Handle(DescriptorChain chain) => handle(chain);
    }
}

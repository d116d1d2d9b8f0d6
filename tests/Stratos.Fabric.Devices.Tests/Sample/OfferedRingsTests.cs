using Stratos.Fabric.Devices.Entropy;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Tests.Sample;

/// <summary>Which ring features are offered for a device.</summary>
public sealed class OfferedRingsTests
{
    [Fact]
    public void In_order_is_offered_unless_the_device_holds_buffers_for_events()
    {
        Assert.Equal(VirtioFeatures.Rings, DeviceDescription.Of("dut", EntropyDevice.Create(new())).Features);
        Assert.Equal(VirtioFeatures.Rings & ~VirtioFeatures.InOrder, DeviceDescription.Of("dut", new EventDevice()).Features);
    }

    private sealed class EventDevice : VirtioDevice
    {
        public override VirtioDeviceId Id => (VirtioDeviceId)63;

        public override ulong Features => 0;

        public override bool CompletesInOrder => false;

        public override IReadOnlyList<QueueDescription> Queues { get; } = [new("eventq", 4)];

        public override QueueHandler CreateHandler(QueueContext queue) => throw new NotSupportedException("no queue is started");
    }
}

using Stratos.Actors.Devices;
using Stratos.Actors.Tests.Testing;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Actors.Tests.Devices;

/// <summary>A device that needs a feature starts no queue for a driver that did not negotiate it.</summary>
public sealed class RequiredFeatureTests
{
    private const ulong Needed = 1;

    private static readonly QueueJournal s_journal = JournalFile.CreatePrivate(1, 64, packed: false).Queue(0);

    [Theory]
    [InlineData(VirtioFeatures.Version1, false)]
    [InlineData(VirtioFeatures.Version1 | Needed, true)]
    public void A_queue_starts_with_the_required_features_only(ulong negotiated, bool starts)
    {
        DeviceDescription device = new("bus0", VirtioDeviceId.I2cAdapter, VirtioFeatures.Rings | Needed, [new("requestq", 64)], 0, 0) { RequiredFeatures = Needed };
        var life = DeviceLife.Created(device, TestSettings.Supervision) with { Phase = DevicePhase.Attached };
        QueueSetup setup = new()
        {
            Index = 0,
            Size = 64,
            Features = negotiated,
            Memory = GuestMemory.Empty,
            Addresses = default,
            State = QueueState.Initial,
            Journal = s_journal,
        };
        var decided = DeviceLifecycle.Apply(life, new DeviceEvent.StartAsked(setup), TimeSpan.Zero);
        if (starts)
            Assert.IsType<DeviceCommand.StartQueue>(Assert.Single(decided.Commands));
        else
            Assert.Contains("0x1 are required", Assert.IsType<DeviceCommand.Refuse>(Assert.Single(decided.Commands)).Reason, StringComparison.Ordinal);
    }
}

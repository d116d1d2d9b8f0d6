using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Tests.Bench;

/// <summary>The ring features that every device is run with.</summary>
public static class RingKinds
{
    /// <summary>Those of a device whose buffers wait for events, each for its own.</summary>
    public static TheoryData<ulong> OutOfOrder => [GuestWorld.Split, GuestWorld.Packed];

    public static TheoryData<ulong> All =>
        [GuestWorld.Split, GuestWorld.Packed, GuestWorld.Split | VirtioFeatures.InOrder, GuestWorld.Packed | VirtioFeatures.InOrder];
}

using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Tests.Bench;

/// <summary>The ring features that every device is run with.</summary>
public static class RingKinds
{
    public static TheoryData<ulong> All =>
        [GuestWorld.Split, GuestWorld.Packed, GuestWorld.Split | VirtioFeatures.InOrder, GuestWorld.Packed | VirtioFeatures.InOrder];
}

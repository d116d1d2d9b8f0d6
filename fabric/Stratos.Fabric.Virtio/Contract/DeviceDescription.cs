using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Contract;

/// <summary>What a transport needs to know of a device to announce it.</summary>
/// <param name="Name">The device's name within the fabric.</param>
/// <param name="Id">The virtio device id.</param>
/// <param name="Features">All feature bits that are offered: the device's and the fabric's for the rings.</param>
/// <param name="Queues">The queues by index.</param>
/// <param name="ConfigLength">Length of the configuration space in bytes.</param>
/// <param name="StateLength">Bytes of state that must outlive the serving process.</param>
public sealed record DeviceDescription(
    string Name, VirtioDeviceId Id, ulong Features, IReadOnlyList<QueueDescription> Queues, int ConfigLength, int StateLength)
{
    /// <summary>Offered features without which no queue is started.</summary>
    public ulong RequiredFeatures { get; init; }

    /// <summary>Describes a device under a name, with the ring features that the fabric adds and the device can live with.</summary>
    public static DeviceDescription Of(string name, VirtioDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        ulong rings = device.CompletesInOrder ? VirtioFeatures.Rings : VirtioFeatures.Rings & ~VirtioFeatures.InOrder;
        return new(name, device.Id, device.Features | rings, device.Queues, device.ConfigLength, device.StateLength)
        {
            RequiredFeatures = device.RequiredFeatures,
        };
    }
}

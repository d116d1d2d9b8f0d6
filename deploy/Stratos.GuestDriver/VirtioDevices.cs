using Stratos.Fabric.Virtio.Spec;
using Stratos.Transports.VirtioPci;

namespace Stratos.GuestDriver;

/// <summary>Finds the one device of an id in this guest and opens a driver for it.</summary>
internal static class VirtioDevices
{
    private const string HugePages = "/proc/sys/vm/nr_hugepages";

    /// <summary>Opens the first device of an id; a huge page is set aside for it if there is none.</summary>
    /// <param name="id">The virtio device id.</param>
    /// <param name="features">The features to take of those that are offered.</param>
    /// <exception cref="PciDeviceException">There is none, or it cannot be driven.</exception>
    public static PciDriver Open(VirtioDeviceId id, ulong features)
    {
        string address = PciBus.Find(id) is [string first, ..]
            ? first
            : throw new PciDeviceException($"This guest has no PCI function of virtio device {(int)id} ({id}).");
        if (File.ReadAllText(HugePages).Trim() == "0") { File.WriteAllText(HugePages, "2"); }
        return PciDriver.Open(VfioFunction.Take(address), features);
    }
}

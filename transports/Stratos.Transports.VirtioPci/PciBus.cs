using System.Globalization;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VirtioPci;

/// <summary>The PCI functions of this machine, as sysfs shows them.</summary>
public static class PciBus
{
    private const string Root = "/sys/bus/pci";
    private const string VirtioVendor = "0x1af4";
    private const int FirstModernId = 0x1040;

    /// <summary>The addresses of all functions that are virtio 1.x devices of an id, ascending.</summary>
    /// <param name="id">The virtio device id.</param>
    /// <param name="root">Where sysfs has the PCI bus.</param>
    public static IReadOnlyList<string> Find(VirtioDeviceId id, string root = Root)
    {
        string wanted = string.Create(CultureInfo.InvariantCulture, $"0x{FirstModernId + (int)id:x4}");
        return
        [
            .. from folder in Directory.EnumerateDirectories(Path.Combine(root, "devices"))
               where Text(folder, "vendor") == VirtioVendor && Text(folder, "device") == wanted
               orderby folder
               select Path.GetFileName(folder),
        ];
    }

    /// <summary>Takes a function from its driver and gives it to vfio-pci.</summary>
    /// <param name="address">The function's address.</param>
    /// <exception cref="PciDeviceException">The kernel has no vfio-pci, or it did not take the function.</exception>
    public static void GiveToVfio(string address)
    {
        const string permission = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode";
        if (!File.Exists(permission) || !Directory.Exists($"{Root}/drivers/vfio-pci"))
        {
            throw new PciDeviceException("The kernel has no VFIO for PCI without an IOMMU. It needs CONFIG_VFIO_PCI and CONFIG_VFIO_NOIOMMU.");
        }
        string folder = $"{Root}/devices/{address}";
        File.WriteAllText(permission, "1");
        File.WriteAllText($"{folder}/driver_override", "vfio-pci");
        string? driver = Directory.ResolveLinkTarget($"{folder}/driver", returnFinalTarget: true)?.Name;
        if (driver == "vfio-pci") { return; }
        if (driver is not null) { File.WriteAllText($"{folder}/driver/unbind", address); }
        File.WriteAllText($"{Root}/drivers_probe", address);
        if (!Directory.Exists($"{folder}/iommu_group")) { throw new PciDeviceException($"{address}: vfio-pci did not take the function; the kernel's log says why."); }
    }

    /// <summary>The number of a function's group.</summary>
    internal static int GroupOf(string address) => int.Parse(
        Directory.ResolveLinkTarget($"{Root}/devices/{address}/iommu_group", returnFinalTarget: true)!.Name, CultureInfo.InvariantCulture);

    private static string Text(string folder, string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();
}

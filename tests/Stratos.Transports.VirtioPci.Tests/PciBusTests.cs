using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VirtioPci.Tests;

/// <summary>Finding functions by the virtio id that they serve.</summary>
public sealed class PciBusTests
{
    [Fact]
    public void Functions_are_found_by_vendor_and_id()
    {
        string root = Directory.CreateTempSubdirectory("stratos-pci-").FullName;
        try
        {
            Add(root, "0000:00:06.0", "0x1af4", "0x105c");
            Add(root, "0000:00:05.0", "0x1af4", "0x105c");
            Add(root, "0000:00:04.0", "0x1af4", "0x1063");
            Add(root, "0000:00:03.0", "0x8086", "0x105c");
            Assert.Equal(["0000:00:05.0", "0000:00:06.0"], PciBus.Find(VirtioDeviceId.Rpmb, root));
            Assert.Equal(["0000:00:04.0"], PciBus.Find(VirtioDeviceId.Watchdog, root));
            Assert.Empty(PciBus.Find(VirtioDeviceId.Gpio, root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Add(string root, string address, string vendor, string device)
    {
        string folder = Directory.CreateDirectory(Path.Combine(root, "devices", address)).FullName;
        File.WriteAllText(Path.Combine(folder, "vendor"), vendor + "\n");
        File.WriteAllText(Path.Combine(folder, "device"), device + "\n");
    }
}

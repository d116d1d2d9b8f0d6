using System.CommandLine;
using Stratos.GuestDriver;

return new RootCommand("Drives virtio devices from a guest's user space that the guest's kernel has no driver for. It takes a device from the kernel by VFIO, without an IOMMU: run it as root, in a guest that you trust.")
{
    RpmbCommand.Create(),
}.Parse(args).Invoke();

using System.Text;

namespace Stratos.Fabric.Linux;

/// <summary>
/// A PCI function that this process drives, through VFIO without an IOMMU: the device reaches all of physical memory, so
/// only a guest whose devices are trusted does this.
/// </summary>
public sealed unsafe class VfioDevice : IDisposable
{
    /// <summary>The index of the region that is the PCI configuration space; BAR n is region n.</summary>
    public const int ConfigurationRegion = 7;

    private const nuint CheckExtension = 0x3B65;
    private const nuint SetIommu = 0x3B66;
    private const nuint SetContainer = 0x3B68;
    private const nuint GetDevice = 0x3B6A;
    private const nuint GetRegion = 0x3B6C;
    private const nuint SetInterrupts = 0x3B6E;
    private const nint NoIommu = 8;                // VFIO_NOIOMMU_IOMMU
    private const uint RegionCanMap = 4;           // VFIO_REGION_INFO_FLAG_MMAP
    private const uint TriggerByEventFd = 0x24;    // VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER
    private const uint MessageInterrupts = 2;      // VFIO_PCI_MSIX_IRQ_INDEX
    private const int MostVectors = 32;

    private readonly FileDescriptor _container;
    private readonly FileDescriptor _group;
    private readonly FileDescriptor _device;

    private VfioDevice(string name, FileDescriptor container, FileDescriptor group, FileDescriptor device) =>
        (Name, _container, _group, _device) = (name, container, group, device);

    /// <summary>The function's address, such as <c>0000:00:05.0</c>.</summary>
    public string Name { get; }

    /// <summary>Opens a function that the vfio-pci driver has.</summary>
    /// <param name="name">The function's address, such as <c>0000:00:05.0</c>.</param>
    /// <param name="group">The number of its group: the last part of <c>/sys/bus/pci/devices/NAME/iommu_group</c>.</param>
    /// <exception cref="LinuxException">VFIO is not there, the function is not its, or somebody else drives it.</exception>
    public static VfioDevice Open(string name, int group)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        FileDescriptor container = FileIo.OpenFile("/dev/vfio/vfio", OpenFlags.ReadWrite);
        FileDescriptor? members = null;
        try
        {
            if (Control(container, CheckExtension, NoIommu, "ioctl(VFIO_CHECK_EXTENSION)", name) == 0)
            {
                throw new LinuxException("vfio", Errno.EOPNOTSUPP, name, "the kernel has no VFIO_NOIOMMU, or /sys/module/vfio/parameters/enable_unsafe_noiommu_mode is N");
            }
            members = FileIo.OpenFile($"/dev/vfio/noiommu-{group}", OpenFlags.ReadWrite);
            int number = container.Number;
            IoResult.Capture(Libc.DeviceControl(members, SetContainer, &number)).OrThrow("ioctl(VFIO_GROUP_SET_CONTAINER)", name);
            Control(container, SetIommu, NoIommu, "ioctl(VFIO_SET_IOMMU)", name);
            fixed (byte* text = Encoding.ASCII.GetBytes(name + '\0'))
            {
                int device = (int)IoResult.Capture(Libc.DeviceControl(members, GetDevice, text)).OrThrow("ioctl(VFIO_GROUP_GET_DEVICE_FD)", name);
                return new VfioDevice(name, container, members, new FileDescriptor(device));
            }
        }
        catch
        {
            members?.Dispose();
            container.Dispose();
            throw;
        }
    }

    /// <summary>Describes a region.</summary>
    /// <param name="index">0 to 5 for a BAR, <see cref="ConfigurationRegion"/> for the configuration space.</param>
    /// <exception cref="LinuxException">There is no such index.</exception>
    public VfioRegion Region(int index)
    {
        NativeVfioRegion region = new() { Size = (uint)sizeof(NativeVfioRegion), Index = (uint)index };
        IoResult.Capture(Libc.DeviceControl(_device, GetRegion, &region)).OrThrow("ioctl(VFIO_DEVICE_GET_REGION_INFO)", Name);
        return new VfioRegion(region.Length, region.Offset, (region.Flags & RegionCanMap) != 0);
    }

    /// <summary>Reads from a region that need not be mapped, such as the configuration space.</summary>
    /// <exception cref="LinuxException">The device refused.</exception>
    public void Read(VfioRegion region, ulong offset, Span<byte> destination) =>
        FileIo.ReadAt(_device, destination, region.Offset + offset).OrThrow("read", Name);

    /// <summary>Writes to a region that need not be mapped.</summary>
    /// <exception cref="LinuxException">The device refused.</exception>
    public void Write(VfioRegion region, ulong offset, ReadOnlySpan<byte> source) =>
        FileIo.WriteAt(_device, source, region.Offset + offset).OrThrow("write", Name);

    /// <summary>Maps a region: its registers are memory then. Access them by their own width.</summary>
    /// <exception cref="LinuxException">It cannot be mapped.</exception>
    public Mapping Map(VfioRegion region) => region.CanMap
        ? Mapping.Create(_device, Name, PageRange.Around(region.Offset, region.Length, (ulong)Environment.SystemPageSize), MemoryAccess.ReadWrite, canFault: false)
        : throw new LinuxException("mmap", Errno.ENODEV, Name, "the region cannot be mapped");

    /// <summary>Lets the device's message interrupts signal counters: vector n the n-th. An earlier set is replaced.</summary>
    /// <param name="vectors">At least one, at most 32.</param>
    /// <exception cref="LinuxException">The device has fewer vectors, or none.</exception>
    public void SignalInterrupts(ReadOnlySpan<EventFd> vectors)
    {
        ArgumentOutOfRangeException.ThrowIfZero(vectors.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vectors.Length, MostVectors);
        const int header = 5;
        uint* request = stackalloc uint[header + MostVectors];
        request[0] = (uint)((header + vectors.Length) * sizeof(uint));
        request[1] = TriggerByEventFd;
        request[2] = MessageInterrupts;
        request[3] = 0;
        request[4] = (uint)vectors.Length;
        for (int i = 0; i < vectors.Length; i++) { request[header + i] = (uint)vectors[i].Descriptor.Number; }
        IoResult.Capture(Libc.DeviceControl(_device, SetInterrupts, request)).OrThrow("ioctl(VFIO_DEVICE_SET_IRQS)", Name);
    }

    /// <summary>Gives the function back; the kernel stops its access to memory.</summary>
    public void Dispose()
    {
        _device.Dispose();
        _group.Dispose();
        _container.Dispose();
    }

    private static long Control(FileDescriptor container, nuint request, nint argument, string operation, string name) =>
        IoResult.Capture(Libc.DeviceControl(container, request, argument)).OrThrow(operation, name);

    /// <summary>struct vfio_region_info.</summary>
    internal struct NativeVfioRegion
    {
        public uint Size;
        public uint Flags;
        public uint Index;
        public uint Capabilities;
        public ulong Length;
        public ulong Offset;
    }
}

namespace Stratos.Fabric.Linux;

public static unsafe partial class FileIo
{
    private const uint GetSize64 = 0x80081272;       // BLKGETSIZE64
    private const uint GetLogicalBlock = 0x1268;     // BLKSSZGET
    private const uint GetPhysicalBlock = 0x127B;    // BLKPBSZGET
    private const uint SectorSize = 512;

    /// <summary>The length of a regular file or of a block device.</summary>
    /// <param name="descriptor">The file.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="LinuxException">It is neither, or the kernel refused.</exception>
    public static ulong FileSize(FileDescriptor descriptor)
    {
        FileStatus status = GetStatus(descriptor);
        if (status.Kind is FileKind.Regular) { return status.Size; }
        if (status.Kind is not FileKind.BlockDevice) { throw new LinuxException("size", Errno.EINVAL, status.Kind.ToString()); }
        ulong size;
        IoResult.Capture(Libc.DeviceControl(descriptor, GetSize64, &size)).OrThrow("ioctl(BLKGETSIZE64)");
        return size;
    }

    /// <summary>The units of a block device; of a regular file, 512 bytes and the file system's preferred unit.</summary>
    /// <param name="descriptor">The file.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static BlockGeometry GetBlockGeometry(FileDescriptor descriptor)
    {
        FileStatus status = GetStatus(descriptor);
        if (status.Kind is not FileKind.BlockDevice)
        {
            return new BlockGeometry(SectorSize, Math.Max(SectorSize, status.BlockSize));
        }
        uint logical;
        uint physical;
        IoResult.Capture(Libc.DeviceControl(descriptor, GetLogicalBlock, &logical)).OrThrow("ioctl(BLKSSZGET)");
        IoResult.Capture(Libc.DeviceControl(descriptor, GetPhysicalBlock, &physical)).OrThrow("ioctl(BLKPBSZGET)");
        return new BlockGeometry(logical, physical);
    }
}

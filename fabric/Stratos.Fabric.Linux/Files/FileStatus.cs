namespace Stratos.Fabric.Linux;

/// <summary>What the kernel says about an open file at one moment.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Permissions">The permission bits, 0 to 07777.</param>
/// <param name="Size">Bytes; 0 for devices (see <see cref="FileIo.FileSize"/>).</param>
/// <param name="AllocatedBytes">Bytes of storage in use; less than <paramref name="Size"/> for a sparse file.</param>
/// <param name="BlockSize">Preferred unit of I/O in bytes; the page size for a file of huge pages.</param>
/// <param name="Device">The device that holds the file; with <paramref name="Inode"/> it identifies the file.</param>
/// <param name="Inode">The file's number on its device.</param>
/// <param name="UserId">The owner.</param>
public readonly record struct FileStatus(
    FileKind Kind,
    int Permissions,
    ulong Size,
    ulong AllocatedBytes,
    uint BlockSize,
    ulong Device,
    ulong Inode,
    uint UserId)
{
    internal static FileStatus From(in NativeStatus status) => new(
        (FileKind)(status.Mode >> 12),
        status.Mode & 0xFFF,
        status.Size,
        status.Blocks * 512,
        status.BlockSize,
        ((ulong)status.DeviceMajor << 32) | status.DeviceMinor,
        status.Inode,
        status.UserId);
}

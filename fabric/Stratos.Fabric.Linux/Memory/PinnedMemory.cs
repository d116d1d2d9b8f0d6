using System.Buffers.Binary;

namespace Stratos.Fabric.Linux;

/// <summary>
/// One huge page of this process's memory, which stays where it is, with the physical address that a device needs for it
/// where no IOMMU translates.
/// </summary>
/// <remarks>Huge pages must have been set aside (<c>/proc/sys/vm/nr_hugepages</c>), and the physical address is told to root only.</remarks>
public sealed class PinnedMemory : IDisposable
{
    private const int SmallPage = 4096;
    private const ulong Present = 1UL << 63;
    private const ulong FrameMask = (1UL << 55) - 1;

    private readonly MemoryFile _file;

    private PinnedMemory(MemoryFile file, Mapping mapping, ulong physicalAddress) =>
        (_file, Mapping, PhysicalAddress) = (file, mapping, physicalAddress);

    /// <summary>The memory here.</summary>
    public Mapping Mapping { get; }

    /// <summary>The physical address of its first byte; the rest follows it.</summary>
    public ulong PhysicalAddress { get; }

    /// <summary>Takes one huge page, 2 MiB on x86-64.</summary>
    /// <exception cref="LinuxException">No huge page is free (<see cref="Errno.ENOMEM"/>), or the address is not told (<see cref="Errno.EPERM"/>).</exception>
    public static PinnedMemory Allocate()
    {
        MemoryFile file = MemoryFile.Create("pinned", 1, hugePages: true);
        try
        {
            Mapping mapping = file.Map(MemoryAccess.ReadWrite);
            try
            {
                mapping.GetSpan(0, 1)[0] = 0;
                return new PinnedMemory(file, mapping, PhysicalAddressOf(mapping.Address));
            }
            catch
            {
                mapping.Dispose();
                throw;
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives the page back. No device may use it any more.</summary>
    public void Dispose()
    {
        Mapping.Dispose();
        _file.Dispose();
    }

    private static ulong PhysicalAddressOf(nint address)
    {
        const string table = "/proc/self/pagemap";
        using FileDescriptor pages = FileIo.OpenFile(table, OpenFlags.ReadOnly);
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        FileIo.ReadAt(pages, bytes, (ulong)address / SmallPage * sizeof(ulong)).OrThrow("read", table);
        ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        ulong frame = entry & FrameMask;
        return (entry & Present) != 0 && frame != 0
            ? (frame * SmallPage) + ((ulong)address % SmallPage)
            : throw new LinuxException("physical address", Errno.EPERM, table, "it is told to a process with CAP_SYS_ADMIN only");
    }
}

using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Transports.VhostUser.Channel;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>
/// The guest memory that a frontend has shared: regions, mapped. A change is prepared first, which may fail and then
/// changes nothing; it is made by <see cref="MemoryChange.Commit"/> while no ring runs.
/// </summary>
internal sealed class MemoryTable(int slots) : IDisposable
{
    private List<MemoryWindow> _windows = [];

    /// <summary>Most regions.</summary>
    internal int Slots => slots;

    /// <summary>The memory as rings see it.</summary>
    internal GuestMemory Memory { get; private set; } = GuestMemory.Empty;

    /// <summary>First guest address behind all regions.</summary>
    internal ulong End => EndOf(_windows);

    /// <summary>First guest address behind all of some regions; the last one there is, if they reach the end of the address space.</summary>
    internal static ulong EndOf(List<MemoryWindow> windows)
    {
        var last = windows.Count == 0 ? 0 : windows.Max(window => window.GuestAddress + (window.Length - 1));
        return windows.Count == 0 ? 0 : Math.Max(last, last + 1);
    }

    /// <summary>Maps a table's regions, to replace all that is there.</summary>
    internal MemoryChange Replace(ReadOnlySpan<byte> payload, ReceivedDescriptors descriptors)
    {
        var reader = new MessageReader(payload);
        var regions = reader.Read<MemoryTableHeader>().Regions;
        if (regions > MemoryTableHeader.MaxRegions || regions != descriptors.Count)
            throw new RefusedMessageException($"SET_MEM_TABLE: {regions} regions with {descriptors.Count} descriptors; as many of both are expected, at most {MemoryTableHeader.MaxRegions}");
        if (reader.Rest.Length < regions * MemoryRegion.Length)
            throw new RefusedMessageException($"SET_MEM_TABLE: {regions} regions in {reader.Rest.Length} bytes, {regions * MemoryRegion.Length} expected");
        var mapped = new List<MemoryWindow>();
        try
        {
            for (var i = 0; i < regions; i++)
                mapped.Add(Map("SET_MEM_TABLE", reader.Read<MemoryRegion>(), descriptors.Take(i)));
            return new(this, mapped, Assemble("SET_MEM_TABLE", mapped), added: mapped, removed: _windows);
        }
        catch
        {
            mapped.ForEach(window => window.Mapping.Dispose());
            throw;
        }
    }

    /// <summary>Maps one more region.</summary>
    internal MemoryChange Add(MemoryRegion region, ReceivedDescriptors descriptors)
    {
        if (_windows.Count >= slots) throw new RefusedMessageException($"ADD_MEM_REG: all {slots} memory slots are taken");
        var window = Map("ADD_MEM_REG", region, descriptors.Take(0));
        try
        {
            List<MemoryWindow> windows = [.. _windows, window];
            return new(this, windows, Assemble("ADD_MEM_REG", windows), added: [window], removed: []);
        }
        catch
        {
            window.Mapping.Dispose();
            throw;
        }
    }

    /// <summary>Takes one region away; it is known by its addresses and its size.</summary>
    internal MemoryChange Remove(MemoryRegion region)
    {
        var window = _windows.Find(w => w.GuestAddress == region.GuestAddress && w.UserAddress == region.UserAddress && w.Length == region.Size)
            ?? throw new RefusedMessageException($"REM_MEM_REG: there is no region {Describe(region)}");
        List<MemoryWindow> windows = [.. _windows.Where(w => w != window)];
        return new(this, windows, Assemble("REM_MEM_REG", windows), added: [], removed: [window]);
    }

    internal void Commit(List<MemoryWindow> windows, GuestMemory memory) => (_windows, Memory) = (windows, memory);

    /// <summary>Takes the memory away from rings that could not be stopped. Their address range stays reserved, on purpose.</summary>
    internal void Abandon()
    {
        Memory.Revoke();
        Commit([], GuestMemory.Empty);
    }

    /// <summary>Unmaps everything; no ring runs.</summary>
    public void Dispose()
    {
        _windows.ForEach(window => window.Mapping.Dispose());
        Commit([], GuestMemory.Empty);
    }

    private static MemoryWindow Map(string message, MemoryRegion region, FileDescriptor descriptor)
    {
        try
        {
            using var file = MemoryFile.FromPeer(descriptor, "guest memory");
            if (region.Size == 0 || region.GuestAddress + (region.Size - 1) < region.GuestAddress || region.UserAddress + (region.Size - 1) < region.UserAddress)
                throw new RefusedMessageException($"{message}: region {Describe(region)} is empty or wraps around the end of the address space");
            var length = file.Length;
            if (region.MapOffset > length || region.Size > length - region.MapOffset)
                throw new RefusedMessageException($"{message}: region {Describe(region)} from offset 0x{region.MapOffset:x} on reaches beyond its file of 0x{length:x} bytes");
            return new(region.GuestAddress, region.UserAddress, file.Map(region.MapOffset, region.Size, MemoryAccess.ReadWrite));
        }
        catch (Exception e) when (e is LinuxException or ArgumentException or OverflowException)
        {
            throw new RefusedMessageException($"{message}: region {Describe(region)} cannot be mapped: {e.Message}");
        }
    }

    private static GuestMemory Assemble(string message, List<MemoryWindow> windows)
    {
        try
        {
            return new(windows);
        }
        catch (ArgumentException e)
        {
            throw new RefusedMessageException($"{message}: {e.Message}");
        }
    }

    private static string Describe(MemoryRegion region) =>
        $"guest 0x{region.GuestAddress:x}, user 0x{region.UserAddress:x}, 0x{region.Size:x} bytes";
}

using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Frontend;

/// <summary>A frontend's guest memory: a few sealed memory files, each a region with guest addresses of its own and a heap.</summary>
public sealed class FrontendMemory : IDisposable
{
    private const ulong FirstAddress = 0x1_0000_0000;
    private const ulong Gap = 0x1000_0000;
    private readonly List<(MemoryFile File, Mapping Mapping, GuestHeap Heap)> _regions = [];

    /// <summary>Makes zeroed memory.</summary>
    /// <param name="length">Bytes in all regions together.</param>
    /// <param name="regions">How many regions of equal length, 1 to 8. They have holes between them.</param>
    public FrontendMemory(ulong length, int regions = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(regions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(regions, MemoryTableHeader.MaxRegions);
        var each = (length / (ulong)regions + 4095) & ~4095UL;
        for (var i = 0; i < regions; i++)
        {
            var file = MemoryFile.Create($"guest-memory-{i}", each);
            var mapping = file.Map(MemoryAccess.ReadWrite);
            _regions.Add((file, mapping, new(mapping, FirstAddress + ((ulong)i * (each + Gap)))));
        }
    }

    /// <summary>The heaps of the regions. Rings go to the first, buffers take turns.</summary>
    public IReadOnlyList<GuestHeap> Heaps => [.. _regions.Select(region => region.Heap)];

    /// <summary>The regions as vhost-user describes them.</summary>
    public IReadOnlyList<MemoryRegion> Regions =>
        [.. _regions.Select(region => new MemoryRegion(region.Heap.GuestAddress, region.Heap.Length, (ulong)region.Mapping.Address, 0))];

    /// <summary>The address by which vhost-user messages name a place in guest memory.</summary>
    public ulong UserAddressOf(ulong guestAddress)
    {
        foreach (var (_, mapping, heap) in _regions)
        {
            if (guestAddress >= heap.GuestAddress && guestAddress - heap.GuestAddress < heap.Length)
                return (ulong)mapping.Address + (guestAddress - heap.GuestAddress);
        }
        throw new ArgumentOutOfRangeException(nameof(guestAddress), guestAddress, $"0x{guestAddress:x} is not in guest memory.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (file, mapping, _) in _regions)
        {
            mapping.Dispose();
            file.Dispose();
        }
    }

    internal void SendTable(FrontendChannel channel)
    {
        var payload = new byte[MemoryTableHeader.Length + (_regions.Count * MemoryRegion.Length)];
        var header = new MemoryTableHeader((uint)_regions.Count);
        System.Runtime.InteropServices.MemoryMarshal.Write(payload, in header);
        var at = MemoryTableHeader.Length;
        foreach (var region in Regions)
        {
            System.Runtime.InteropServices.MemoryMarshal.Write(payload.AsSpan(at), in region);
            at += MemoryRegion.Length;
        }
        channel.Tell(FrontendRequest.SetMemTable, payload, [.. _regions.Select(region => region.File.Descriptor)]);
    }

    internal void SendSlots(FrontendChannel channel)
    {
        for (var i = 0; i < _regions.Count; i++)
            channel.Tell(FrontendRequest.AddMemReg, new SingleMemoryRegion(Regions[i]), _regions[i].File.Descriptor);
    }
}

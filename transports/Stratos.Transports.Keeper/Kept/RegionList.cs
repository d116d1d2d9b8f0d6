using System.Runtime.InteropServices;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Kept;

/// <summary>Regions by ascending revision; grows, but never shrinks its buffer.</summary>
internal sealed class RegionList
{
    private readonly List<KeptRegion> _regions = [];

    public int Count => _regions.Count;

    public ReadOnlySpan<KeptRegion> All => CollectionsMarshal.AsSpan(_regions);

    public void Add(in KeptRegion region) => _regions.Add(region);

    public void RemoveAt(int index) => _regions.RemoveAt(index);

    public void Clear() => _regions.Clear();

    /// <summary>Finds a region as REM_MEM_REG names it; the map offset is ignored.</summary>
    /// <returns>Its index, or -1.</returns>
    public int Find(in MemoryRegion wanted)
    {
        var regions = All;
        for (var i = 0; i < regions.Length; i++)
        {
            var region = regions[i].Region;
            if (region.GuestAddress == wanted.GuestAddress && region.UserAddress == wanted.UserAddress && region.Size == wanted.Size)
                return i;
        }
        return -1;
    }
}

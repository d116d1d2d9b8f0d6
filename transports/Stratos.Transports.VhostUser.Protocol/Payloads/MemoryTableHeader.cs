using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>What precedes the regions in SET_MEM_TABLE (vhost-user specification, "Memory regions description"); 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MemoryTableHeader
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 8;

    /// <summary>Most regions in one table.</summary>
    public const int MaxRegions = 8;

    private readonly uint _regions;
    private readonly uint _padding;

    /// <summary>A header for so many regions.</summary>
    public MemoryTableHeader(uint regions) => (_regions, _padding) = (regions, 0);

    /// <summary>Number of regions that follow, as the sender claims it.</summary>
    public uint Regions => _regions;

    /// <summary>What the padding held; the specification gives it no meaning.</summary>
    public uint Padding => _padding;
}

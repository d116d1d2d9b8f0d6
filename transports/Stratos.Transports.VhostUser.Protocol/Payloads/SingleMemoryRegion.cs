using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>The payload of ADD_MEM_REG and REM_MEM_REG: eight bytes of padding and a region; 40 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SingleMemoryRegion
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 40;

    private readonly ulong _padding;
    private readonly MemoryRegion _region;

    /// <summary>Wraps a region.</summary>
    public SingleMemoryRegion(MemoryRegion region) => (_padding, _region) = (0, region);

    /// <summary>The region.</summary>
    public MemoryRegion Region => _region;

    /// <summary>What the padding held; the specification gives it no meaning.</summary>
    public ulong Padding => _padding;
}

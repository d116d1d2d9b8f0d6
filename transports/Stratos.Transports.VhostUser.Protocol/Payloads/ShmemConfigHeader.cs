using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>What begins the reply to GET_SHMEM_CONFIG: the number of shared memory regions; 256 lengths of 8 bytes follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ShmemConfigHeader
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 8;

    /// <summary>Number of lengths that follow.</summary>
    public const int Regions = 256;

    /// <summary>Length of the whole reply in bytes.</summary>
    public const int ReplyLength = Length + Regions * sizeof(ulong);

    private readonly uint _count;
    private readonly uint _padding;

    /// <summary>A header for so many regions that exist.</summary>
    public ShmemConfigHeader(uint count) => (_count, _padding) = (count, 0);

    /// <summary>Number of regions that exist; their lengths are not 0.</summary>
    public uint Count => _count;

    /// <summary>What the padding held; it has no meaning.</summary>
    public uint Padding => _padding;
}

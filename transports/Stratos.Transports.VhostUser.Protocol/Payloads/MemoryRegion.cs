using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>One region of guest memory (vhost-user specification, "Memory region description"); 32 bytes.</summary>
/// <param name="GuestAddress">Guest-physical address of the first byte.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="UserAddress">The frontend's virtual address of the first byte.</param>
/// <param name="MapOffset">Offset in the descriptor's file at which the region begins.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MemoryRegion(ulong GuestAddress, ulong Size, ulong UserAddress, ulong MapOffset)
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 32;
}

using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>Where a ring is (vhost-user specification, "A vring address description"); 40 bytes.</summary>
/// <param name="Index">The virtqueue index.</param>
/// <param name="Flags">Bit 0, VHOST_VRING_F_LOG: mark writes to the used ring in the dirty log.</param>
/// <param name="Descriptors">Address of the descriptor area, in the frontend's own address space.</param>
/// <param name="Used">Address of the device area.</param>
/// <param name="Available">Address of the driver area.</param>
/// <param name="Log">Guest-physical address under which writes to the used ring are marked.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct VringAddress(uint Index, uint Flags, ulong Descriptors, ulong Used, ulong Available, ulong Log)
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 40;

    /// <summary>VHOST_VRING_F_LOG.</summary>
    public const uint LogFlag = 1;

    /// <summary>Whether writes to the used ring are to be marked in the dirty log.</summary>
    public bool LogsUsedRing => (Flags & LogFlag) != 0;
}

using System.Runtime.InteropServices;

namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>One frame that a station has offered, on the board.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CanSlot
{
    /// <summary>The sender's name for it, within <see cref="Era"/>.</summary>
    public ulong Key;

    /// <summary>Which run of keys it belongs to.</summary>
    public ulong Era;

    /// <summary>When it was offered, in nanoseconds of the bus's clock.</summary>
    public long OfferedAt;

    /// <summary>0 while nobody knows; <see cref="Cancelled"/>; else the moment at which it had been sent.</summary>
    public long Outcome;

    /// <summary>The frame.</summary>
    public CanFrame Frame;

    /// <summary>It will not be sent.</summary>
    public const long Cancelled = -1;
}

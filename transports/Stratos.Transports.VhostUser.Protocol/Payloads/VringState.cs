using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>A ring's index and a number: its size, its base, or whether it is enabled (vhost-user specification, "A vring state description"); 8 bytes.</summary>
/// <param name="Index">The virtqueue index.</param>
/// <param name="Number">The number.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct VringState(uint Index, uint Number)
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 8;
}

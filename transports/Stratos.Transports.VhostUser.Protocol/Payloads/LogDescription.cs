using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>The dirty log's memory (vhost-user specification, "Log description"); 16 bytes.</summary>
/// <param name="Size">Length of the log in bytes.</param>
/// <param name="Offset">Offset in the descriptor's file at which the log of guest address 0 begins.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LogDescription(ulong Size, ulong Offset)
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 16;
}

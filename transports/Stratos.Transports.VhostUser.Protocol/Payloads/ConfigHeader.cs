using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>What precedes the bytes in GET_CONFIG and SET_CONFIG (vhost-user specification, "Virtio device config space"); 12 bytes.</summary>
/// <param name="Offset">Offset in the configuration space.</param>
/// <param name="Size">Number of bytes; they follow in requests and replies alike.</param>
/// <param name="Flags">0: the driver's write. 1: live migration.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ConfigHeader(uint Offset, uint Size, uint Flags)
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 12;

    /// <summary>Length of the largest configuration space.</summary>
    public const int MaxConfig = 256;

    /// <summary>Checks offset and size against each other and against the bytes that follow.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Check(string message, int following)
    {
        if (Size != following) return $"{message}: size {Size}, but {following} bytes follow";
        return (ulong)Offset + Size > MaxConfig
            ? $"{message}: bytes {Offset} to {(ulong)Offset + Size} end beyond the {MaxConfig} that a configuration space can have"
            : null;
    }
}

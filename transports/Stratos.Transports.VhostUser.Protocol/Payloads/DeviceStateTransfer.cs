using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>Direction and phase of a transfer of the device's internal state (vhost-user specification, "Device state transfer parameters"); 8 bytes.</summary>
/// <param name="Direction">0 save, 1 load.</param>
/// <param name="Phase">0: while the device is suspended.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DeviceStateTransfer(uint Direction, uint Phase)
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 8;
}

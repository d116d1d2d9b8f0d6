namespace Stratos.Transports.VirtioPci;

/// <summary>Where a structure lies.</summary>
/// <param name="Bar">The BAR, 0 to 5.</param>
/// <param name="Offset">Bytes from the BAR's start.</param>
/// <param name="Length">Bytes.</param>
/// <param name="NotifyMultiplier">Bytes between the doorbells of two notification offsets; of the notification structure only.</param>
public readonly record struct PciPlace(int Bar, uint Offset, uint Length, uint NotifyMultiplier);

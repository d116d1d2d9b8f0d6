namespace Stratos.Fabric.Linux;

/// <summary>A region of a device behind VFIO: a BAR, or the configuration space.</summary>
/// <param name="Length">Bytes; 0 if the device has no such region.</param>
/// <param name="Offset">Where it lies in the device's file.</param>
/// <param name="CanMap">Whether it can be mapped.</param>
public readonly record struct VfioRegion(ulong Length, ulong Offset, bool CanMap);

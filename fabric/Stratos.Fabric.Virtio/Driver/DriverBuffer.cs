namespace Stratos.Fabric.Virtio.Driver;

/// <summary>One element of a request: a range of guest memory and who may write it.</summary>
/// <param name="Address">Guest-physical address of the first byte.</param>
/// <param name="Length">Length in bytes, at least 1.</param>
/// <param name="DeviceWritable">True if the device writes it, false if the device reads it.</param>
public readonly record struct DriverBuffer(ulong Address, uint Length, bool DeviceWritable);

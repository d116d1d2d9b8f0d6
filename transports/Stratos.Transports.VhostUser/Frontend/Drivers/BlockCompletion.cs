namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>A block request that the device has used.</summary>
/// <param name="Slot">Its slot; the data stays there until the slot is used again.</param>
/// <param name="Type">What it was.</param>
/// <param name="Status">The device's status.</param>
/// <param name="Written">Bytes that the device says it wrote, the status byte included.</param>
public readonly record struct BlockCompletion(int Slot, BlockRequestType Type, BlockStatus Status, uint Written);

namespace Stratos.Fabric.Devices.Transfers;

/// <summary>Names one transfer of one device on a host bus, over all processes that serve the device one after another.</summary>
/// <param name="Client">The device's session: a random number that it keeps in its state.</param>
/// <param name="Number">The transfer's number; grows within a session, and a transfer that is tried again keeps it.</param>
public readonly record struct TransferId(ulong Client, ulong Number);

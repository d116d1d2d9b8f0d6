namespace Stratos.Fabric.Devices.I2c;

/// <summary>One segment of a transfer: a START or repeated START, the address, and bytes in one direction.</summary>
/// <param name="Address">Who is spoken to.</param>
/// <param name="IsRead">Whether bytes are read from there; else written.</param>
/// <param name="Data">The bytes to write, or the place for those that are read; may be empty, as in an SMBus quick command.</param>
public readonly record struct I2cMessage(I2cAddress Address, bool IsRead, Memory<byte> Data);

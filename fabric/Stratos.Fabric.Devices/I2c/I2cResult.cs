namespace Stratos.Fabric.Devices.I2c;

/// <summary>How a transfer ended.</summary>
/// <param name="Completed">How many of its messages succeeded, from the first one on.</param>
/// <param name="Fault">Why the next one failed; <see cref="I2cFault.None"/> when all succeeded.</param>
public readonly record struct I2cResult(int Completed, I2cFault Fault);

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>A fault that a simulated bus is to show.</summary>
/// <param name="Fault">What happens.</param>
public sealed record I2cInjection(I2cFault Fault)
{
    /// <summary>At messages to this address; null for any.</summary>
    public I2cAddress? Address { get; init; }

    /// <summary>To how many messages it happens; null for all until <see cref="I2cFaultInjector.Clear"/>.</summary>
    public int? Times { get; init; } = 1;

    /// <summary>At which byte of the message, from 1; 0 for its address. Messages with fewer bytes pass.</summary>
    public int AtByte { get; init; }
}

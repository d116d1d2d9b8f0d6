using Stratos.Fabric.Devices.Simulation;

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>Faults that a simulated bus shows: stuck, disturbed or absent chips. From any process that has the board open.</summary>
public sealed class I2cFaultInjector
{
    private readonly FaultTable _table;

    internal I2cFaultInjector(FaultTable table) => _table = table;

    /// <summary>Injects a fault. Of several that fit a message the one in the lowest place acts.</summary>
    /// <exception cref="InvalidOperationException">16 faults are active already.</exception>
    /// <exception cref="TimeoutException">The bus was busy for a second.</exception>
    public void Inject(I2cInjection injection)
    {
        ArgumentNullException.ThrowIfNull(injection);
        ArgumentOutOfRangeException.ThrowIfNegative(injection.AtByte);
        ArgumentOutOfRangeException.ThrowIfNegative(injection.Times ?? 0);
        _table.Add(injection.Address?.Encode(), (byte)injection.Fault, injection.AtByte, injection.Times ?? FaultTable.Forever);
    }

    /// <summary>Ends all faults.</summary>
    /// <exception cref="TimeoutException">The bus was busy for a second.</exception>
    public void Clear() => _table.Clear();

    /// <summary>The fault for a message, counted as shown, and at which byte. With the board taken.</summary>
    internal (I2cFault Fault, int AtByte) Take(I2cAddress address)
    {
        (byte fault, int atByte) = _table.Take(address.Encode());
        return ((I2cFault)fault, atByte);
    }
}

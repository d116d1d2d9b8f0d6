using Stratos.Fabric.Devices.Simulation;

namespace Stratos.Fabric.Devices.Spi.Simulation;

/// <summary>Transfers that a simulated controller fails. From any process that has the board open.</summary>
public sealed class SpiFaultInjector
{
    private readonly FaultTable _table;

    internal SpiFaultInjector(FaultTable table) => _table = table;

    /// <summary>Has transfers fail.</summary>
    /// <param name="chipSelect">Those of this chip select; null for any.</param>
    /// <param name="times">How many; null for all until <see cref="Clear"/>.</param>
    /// <exception cref="InvalidOperationException">16 faults are active already.</exception>
    /// <exception cref="TimeoutException">The bus was busy for a second.</exception>
    public void Fail(byte? chipSelect = null, int? times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times ?? 0);
        _table.Add(chipSelect, 1, 0, times ?? FaultTable.Forever);
    }

    /// <summary>Ends all faults.</summary>
    /// <exception cref="TimeoutException">The bus was busy for a second.</exception>
    public void Clear() => _table.Clear();

    /// <summary>Whether a transfer is to fail, counted as shown. With the board taken.</summary>
    internal bool Take(byte chipSelect) => _table.Take(chipSelect).Fault != 0;
}

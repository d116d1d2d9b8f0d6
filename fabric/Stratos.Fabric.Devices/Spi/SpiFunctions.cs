namespace Stratos.Fabric.Devices.Spi;

/// <summary>What a controller can do: <c>mode_func_supported</c> (virtio 1.4, section 5.21.4).</summary>
[Flags]
public enum SpiFunctions : uint
{
    /// <summary>Nothing; no controller is so.</summary>
    None = 0,
    /// <summary>CPHA = 0.</summary>
    ClockPhase0 = 1 << 0,
    /// <summary>CPHA = 1.</summary>
    ClockPhase1 = 1 << 1,
    /// <summary>CPOL = 0.</summary>
    ClockPolarity0 = 1 << 2,
    /// <summary>CPOL = 1.</summary>
    ClockPolarity1 = 1 << 3,
    /// <summary>Chip selects that are active high.</summary>
    ChipSelectHigh = 1 << 4,
    /// <summary>The least significant bit first.</summary>
    LeastSignificantFirst = 1 << 5,
    /// <summary>Loopback.</summary>
    Loopback = 1 << 6,
    /// <summary>All of them.</summary>
    All = (1 << 7) - 1,
}

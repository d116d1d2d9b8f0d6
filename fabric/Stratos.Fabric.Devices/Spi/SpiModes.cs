namespace Stratos.Fabric.Devices.Spi;

/// <summary>The <c>mode</c> of a transfer (virtio 1.4, section 5.21.6.1). All other bits are invalid.</summary>
[Flags]
public enum SpiModes : uint
{
    /// <summary>Mode 0: data is sampled on the leading edge, the clock idles low, chip selects are active low, the most significant bit goes first.</summary>
    None = 0,
    /// <summary>CPHA: data is sampled on the trailing edge.</summary>
    ClockPhase = 1 << 0,
    /// <summary>CPOL: the clock idles high.</summary>
    ClockPolarity = 1 << 1,
    /// <summary>CS_HIGH: the chip select is active high.</summary>
    ChipSelectHigh = 1 << 2,
    /// <summary>LSB_FIRST.</summary>
    LeastSignificantFirst = 1 << 3,
    /// <summary>LOOP: what is sent comes back.</summary>
    Loopback = 1 << 4,
    /// <summary>All of them.</summary>
    All = (1 << 5) - 1,
}

namespace Stratos.Fabric.Devices.Spi;

/// <summary>Numbers of data lines beside one, which is always there: <c>tx_nbits_supported</c> and <c>rx_nbits_supported</c> (virtio 1.4, section 5.21.4).</summary>
[Flags]
public enum SpiLanes : byte
{
    /// <summary>One line only.</summary>
    None = 0,
    /// <summary>DUAL: two lines.</summary>
    Dual = 1,
    /// <summary>QUAD: four lines.</summary>
    Quad = 2,
    /// <summary>OCTAL: eight lines.</summary>
    Octal = 4,
}

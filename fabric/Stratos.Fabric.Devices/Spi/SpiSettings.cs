namespace Stratos.Fabric.Devices.Spi;

/// <summary>How a transfer is to be made: the parameters of struct virtio_spi_transfer_head, checked (virtio 1.4, section 5.21.6.1).</summary>
/// <param name="ChipSelect">The chip's number.</param>
/// <param name="BitsPerWord">Bits of a word, 1 to 32; in memory a word takes 1, 2 or 4 bytes.</param>
/// <param name="ChangesChipSelect">Whether the chip is deselected behind the transfer.</param>
/// <param name="WriteLanes">Lines to write on: 1, 2, 4 or 8.</param>
/// <param name="ReadLanes">Lines to read on: 1, 2, 4 or 8.</param>
/// <param name="Modes">Clock, chip select and bit order.</param>
/// <param name="Frequency">Clock rate in Hz; 0 for the controller's own.</param>
/// <param name="WordDelay">Nanoseconds between words.</param>
/// <param name="SetupDelay">Nanoseconds behind the selection.</param>
/// <param name="HoldDelay">Nanoseconds before the deselection.</param>
/// <param name="InactiveDelay">Nanoseconds behind the deselection.</param>
public readonly record struct SpiSettings(
    byte ChipSelect, byte BitsPerWord, bool ChangesChipSelect, byte WriteLanes, byte ReadLanes, SpiModes Modes,
    uint Frequency, uint WordDelay, uint SetupDelay, uint HoldDelay, uint InactiveDelay)
{
    /// <summary>Bytes of a word in memory.</summary>
    public int WordBytes => BitsPerWord switch { <= 8 => 1, <= 16 => 2, _ => 4 };
}

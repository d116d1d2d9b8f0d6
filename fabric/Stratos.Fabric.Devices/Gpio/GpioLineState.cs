namespace Stratos.Fabric.Devices.Gpio;

/// <summary>What the driver has made of a line; one word of the device's state.</summary>
/// <param name="Direction">The direction.</param>
/// <param name="Level">The level that the driver has set; driven while the line is an output.</param>
/// <param name="Interrupt">The interrupt that is enabled.</param>
internal readonly record struct GpioLineState(GpioDirection Direction, bool Level, GpioInterruptType Interrupt)
{
    private const int LevelBit = 8;
    private const int InterruptAt = 16;

    /// <summary>The state as one word.</summary>
    public ulong Packed => (ulong)Direction | (Level ? 1UL << LevelBit : 0) | ((ulong)Interrupt << InterruptAt);

    /// <summary>The state of a word.</summary>
    public static GpioLineState Unpack(ulong word) =>
        new((GpioDirection)(byte)word, ((word >> LevelBit) & 1) != 0, (GpioInterruptType)(byte)(word >> InterruptAt));
}

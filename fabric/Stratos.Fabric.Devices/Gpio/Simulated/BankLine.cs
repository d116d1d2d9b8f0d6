namespace Stratos.Fabric.Devices.Gpio.Simulated;

/// <summary>
/// A simulated line as one word, which changes as a whole: who drives what, and how often the level has changed. The level
/// is what the device drives while the line is its output, else what is outside.
/// </summary>
internal readonly record struct BankLine(ulong Word)
{
    private const ulong OutsideBit = 1;
    private const ulong DrivenBit = 2;
    private const int DirectionAt = 2;
    private const ulong DirectionMask = 3UL << DirectionAt;
    private const int TransitionsAt = 8;

    public bool Outside => (Word & OutsideBit) != 0;

    public bool Driven => (Word & DrivenBit) != 0;

    public GpioDirection Direction => (GpioDirection)((Word & DirectionMask) >> DirectionAt);

    public bool Level => Direction is GpioDirection.Output ? Driven : Outside;

    public ulong Transitions => Word >> TransitionsAt;

    public BankLine WithOutside(bool level) => After(level ? Word | OutsideBit : Word & ~OutsideBit);

    public BankLine WithDriven(bool level) => After(level ? Word | DrivenBit : Word & ~DrivenBit);

    public BankLine WithDirection(GpioDirection direction, bool driven) =>
        After((Word & ~(DirectionMask | DrivenBit)) | ((ulong)direction << DirectionAt) | (driven ? DrivenBit : 0));

    private BankLine After(ulong word)
    {
        BankLine next = new(word);
        return next.Level == Level ? next : new(word + (1UL << TransitionsAt));
    }
}

namespace Stratos.Fabric.Linux;

/// <summary>What a line of a <see cref="GpioChip"/> is used for; the values are the kernel's GPIO_V2_LINE_FLAG_*.</summary>
public enum GpioLineUse : ulong
{
    /// <summary>It is sensed.</summary>
    Input = 1 << 2,
    /// <summary>It is driven.</summary>
    Output = 1 << 3,
    /// <summary>It is sensed, and each change of its level is an event.</summary>
    Watched = Input | (1 << 4) | (1 << 5),
}

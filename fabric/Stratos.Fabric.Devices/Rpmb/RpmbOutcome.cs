namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>What became of the last key or write: what a result read answers. It fits into one word, so that it is published at once.</summary>
/// <param name="Operation">The operation; <see cref="RpmbRequestType.None"/> if there was none.</param>
/// <param name="Result">Its result.</param>
/// <param name="Address">The block that a write began at.</param>
/// <param name="WriteCounter">The write counter after it.</param>
public readonly record struct RpmbOutcome(RpmbRequestType Operation, RpmbResult Result, ushort Address, uint WriteCounter)
{
    /// <summary>The outcome that a word holds; 0 is none.</summary>
    public static RpmbOutcome FromWord(ulong word) =>
        new((RpmbRequestType)(word >> 56), (RpmbResult)(byte)(word >> 48), (ushort)(word >> 32), (uint)word);

    /// <summary>The word that holds the outcome.</summary>
    public ulong ToWord() => ((ulong)Operation << 56) | ((ulong)Result << 48) | ((ulong)Address << 32) | WriteCounter;
}

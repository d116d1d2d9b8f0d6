namespace Stratos.Fabric.Devices.Console;

/// <summary>The size of a terminal in characters.</summary>
public readonly record struct TerminalSize(ushort Columns, ushort Rows)
{
    /// <summary>The size as one word: columns in the lower half.</summary>
    internal uint Packed => Columns | ((uint)Rows << 16);

    /// <summary>The size of a word made by <see cref="Packed"/>.</summary>
    internal static TerminalSize Unpack(uint packed) => new((ushort)packed, (ushort)(packed >> 16));
}

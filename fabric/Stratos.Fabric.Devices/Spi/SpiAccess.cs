using System.Globalization;

namespace Stratos.Fabric.Devices.Spi;

/// <summary>Which chip selects of a controller a guest may use. One that it may not use is an invalid parameter to it.</summary>
public sealed class SpiAccess
{
    private readonly bool[]? _allowed;

    private SpiAccess(bool[]? allowed) => _allowed = allowed;

    /// <summary>Every chip select.</summary>
    public static SpiAccess All { get; } = new(null);

    /// <summary>Reads a list such as <c>0+2</c>: numbers of chip selects, joined by plus signs.</summary>
    /// <exception cref="ArgumentException">It is no such list.</exception>
    public static SpiAccess Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        bool[] allowed = new bool[byte.MaxValue + 1];
        foreach (string part in text.Split('+'))
        {
            allowed[byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
                ? number
                : throw new ArgumentException($"'{part}' is not a chip select. Write numbers from 0 to 254, such as 0+2.")] = true;
        }
        return new(allowed);
    }

    /// <summary>Whether a chip select may be used. Any thread.</summary>
    public bool Allows(byte chipSelect) => _allowed is null || _allowed[chipSelect];
}

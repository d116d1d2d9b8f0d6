namespace Stratos.Fabric.Devices.I2c;

/// <summary>Which addresses of a bus a guest may use. To a guest that may not use one, nobody is there.</summary>
public sealed class I2cAccess
{
    private readonly (I2cAddress First, I2cAddress Last)[]? _ranges;

    private I2cAccess((I2cAddress First, I2cAddress Last)[]? ranges) => _ranges = ranges;

    /// <summary>Every address.</summary>
    public static I2cAccess All { get; } = new(null);

    /// <summary>Reads a list such as <c>0x50+0x48-0x4f+0x123/10</c>: addresses and ranges, joined by plus signs.</summary>
    /// <exception cref="ArgumentException">It is no such list; the message says what is wrong with which part.</exception>
    public static I2cAccess Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new([.. text.Split('+').Select(ParseRange)]);
    }

    /// <summary>Whether an address may be used. Any thread.</summary>
    public bool Allows(I2cAddress address)
    {
        if (_ranges is null) { return true; }
        foreach ((I2cAddress first, I2cAddress last) in _ranges)
        {
            if (address.IsTenBit == first.IsTenBit && first <= address && address <= last) { return true; }
        }
        return false;
    }

    private static (I2cAddress First, I2cAddress Last) ParseRange(string text)
    {
        string[] ends = text.Split('-', 2);
        I2cAddress first = I2cAddress.Parse(ends[0]);
        I2cAddress last = ends.Length == 2 ? I2cAddress.Parse(ends[1]) : first;
        return first.IsTenBit == last.IsTenBit && first <= last
            ? (first, last)
            : throw new ArgumentException($"'{text}' is not a range of addresses. Write the lower one first, both of 7 or both of 10 bits.");
    }
}

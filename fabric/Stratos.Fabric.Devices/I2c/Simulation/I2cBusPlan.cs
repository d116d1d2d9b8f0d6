using System.Globalization;

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>Chips as a text: <c>24c32@0x50+lm75@0x48+ds1307@0x68+tally@0x30</c>.</summary>
public static class I2cBusPlan
{
    /// <summary>The models that a text may name.</summary>
    public static string Models => "24c01 to 24c512, lm75, ds1307, tally";

    /// <summary>Makes the chips of a text.</summary>
    /// <exception cref="ArgumentException">It is no such text; the message says which part and what is expected.</exception>
    public static I2cChip[] Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split('+').Select(ParseChip)];
    }

    private static I2cChip ParseChip(string text)
    {
        string[] parts = text.Split('@', 2);
        if (parts.Length != 2) { throw new ArgumentException($"'{text}' is not a chip. Write MODEL@ADDRESS, such as 24c32@0x50."); }
        I2cAddress address = I2cAddress.Parse(parts[1]);
        string model = parts[0].ToLowerInvariant();
        if (model.StartsWith("24c", StringComparison.Ordinal) && int.TryParse(model[3..], NumberStyles.None, CultureInfo.InvariantCulture, out int kilobits))
        {
            return new Eeprom24(kilobits, address);
        }
        return model switch
        {
            "lm75" => new Lm75(address),
            "ds1307" => new Ds1307(address),
            "tally" => new I2cTally(address),
            _ => throw new ArgumentException($"'{parts[0]}' is no chip that can be simulated. Known are: {Models}."),
        };
    }
}

using System.Globalization;

namespace Stratos.Fabric.Devices.Spi.Simulation;

/// <summary>Chips as a text: <c>loopback@0+25c256@1+w25q32@2</c>, each with its chip select.</summary>
public static class SpiBusPlan
{
    /// <summary>The models that a text may name.</summary>
    public static string Models => "loopback, 25c01 to 25c1024, w25q8 to w25q128";

    /// <summary>Makes the chips of a text.</summary>
    /// <exception cref="ArgumentException">It is no such text; the message says which part and what is expected.</exception>
    public static SpiChip[] Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split('+').Select(ParseChip)];
    }

    private static SpiChip ParseChip(string text)
    {
        string[] parts = text.Split('@', 2);
        if (parts.Length != 2 || !byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out byte chipSelect) || chipSelect == byte.MaxValue)
        {
            throw new ArgumentException($"'{text}' is not a chip. Write MODEL@CHIPSELECT with a chip select from 0 to 254, such as w25q32@0.");
        }
        string model = parts[0].ToLowerInvariant();
        if (model == "loopback") { return new SpiLoopback(chipSelect); }
        if (TryNumber(model, "25c", out int kilobits)) { return new Eeprom25(kilobits, chipSelect); }
        if (TryNumber(model, "w25q", out int megabits)) { return new NorFlash(megabits, chipSelect); }
        throw new ArgumentException($"'{parts[0]}' is no chip that can be simulated. Known are: {Models}.");
    }

    private static bool TryNumber(string model, string prefix, out int number)
    {
        number = 0;
        return model.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(model[prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}

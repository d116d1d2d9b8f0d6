using System.Globalization;

namespace Stratos.Fabric.Devices.Catalogue;

/// <summary>Option values as texts, all of them known to the kind, read as the types that the kind needs.</summary>
public sealed class DeviceOptionValues
{
    private readonly IReadOnlyDictionary<string, string> _values;

    /// <summary>Takes values for a kind.</summary>
    /// <exception cref="ArgumentException">The kind has no option of such a name; the message names the nearest that it has.</exception>
    public DeviceOptionValues(DeviceKind kind, IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(values);
        _values = values;
        string[] known = [.. kind.Options.Select(static option => option.Name)];
        foreach (string name in values.Keys)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                throw new ArgumentException($"{name}: the device '{kind.Name}' has no such option. {NearestName.Suggest(name, known)}");
            }
        }
    }

    /// <summary>The text of an option, or null if it was not given.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>A switch: false if it was not given.</summary>
    /// <exception cref="ArgumentException">The value is neither true nor false.</exception>
    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" or "" => true,
        string other => throw new ArgumentException($"{name}: '{other}' is neither true nor false."),
    };

    /// <summary>A whole number, or <paramref name="otherwise"/> if the option was not given. Its range is the device's to check.</summary>
    /// <exception cref="ArgumentException">The value is not a whole number.</exception>
    public int Number(string name, int otherwise) => Text(name) is not { } text
        ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new ArgumentException($"{name}: '{text}' is not a whole number.");

    /// <summary>A number of bytes, with an optional suffix K, M, G or T for powers of 1024; null if the option was not given.</summary>
    /// <exception cref="ArgumentException">The value is not such a size, or 2^63 bytes or more.</exception>
    public ulong? Size(string name)
    {
        if (Text(name) is not { Length: > 0 } text) { return null; }
        int shift = char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        string digits = shift == 0 ? text : text[..^1];
        if (ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number <= (ulong)(long.MaxValue >> shift))
        {
            return number << shift;
        }
        throw new ArgumentException($"{name}: '{text}' is not a size. Write bytes, or a number with K, M, G or T such as 64M.");
    }
}

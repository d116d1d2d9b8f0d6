using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Stratos.Actors.Settings;

/// <summary>The <c>stratos</c> block of a settings file, flat: every leaf by its dotted key.</summary>
internal sealed class HoconSection
{
    private const string Root = "stratos";
    private readonly Dictionary<string, HoconValue> _leaves = [];

    /// <param name="source">Where the configuration is from, for messages.</param>
    /// <param name="config">The whole file.</param>
    public HoconSection(string source, Config config)
    {
        Source = source;
        if (config.Root is not { IsEmpty: false } root || !root.IsObject())
            throw new FabricSettingsException($"{source} has no {Root} block. Start from the akka.hocon in the repository's root.");
        foreach (var (name, value) in root.GetObject().Items)
        {
            if (name == Root)
                Flatten("", value);
            else if (name != "akka")
                throw new FabricSettingsException($"{source} has a block {name}; it knows {Root} and akka. Remove it.");
        }
        if (_leaves.Count == 0)
            throw new FabricSettingsException($"{source} has no {Root} block. Start from the akka.hocon in the repository's root.");
    }

    public string Source { get; }

    /// <summary>The dotted keys without the leading <c>stratos.</c></summary>
    public IEnumerable<string> Keys => _leaves.Keys;

    /// <summary>The text of a key; null when it is missing.</summary>
    public string? Text(string key) => _leaves.TryGetValue(key, out var value) && value.IsString() ? value.GetString() : null;

    /// <summary>The texts of a list; null when the key is missing or is no list.</summary>
    public IReadOnlyList<string>? List(string key) =>
        // The value's own accessors do not know an empty list.
        _leaves.TryGetValue(key, out var value) && value.Values.OfType<HoconArray>().FirstOrDefault() is { } items
            ? [.. items.Select(item => item.GetString())]
            : null;

    public bool Has(string key) => _leaves.ContainsKey(key);

    /// <summary>A length of time as HOCON writes it: <c>250ms</c>, <c>5 s</c>. Null when it is not one.</summary>
    public static TimeSpan? Time(string text)
    {
        string number = text.TrimEnd([.. "abcdefghijklmnopqrstuvwxyz "]);
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            return null;
        return text[number.Length..].Trim() switch
        {
            "us" => TimeSpan.FromMicroseconds(value),
            "ms" => TimeSpan.FromMilliseconds(value),
            "s" => TimeSpan.FromSeconds(value),
            "m" => TimeSpan.FromMinutes(value),
            _ => null,
        };
    }

    private void Flatten(string prefix, HoconValue value)
    {
        if (!value.IsObject())
        {
            _leaves[prefix] = value;
            return;
        }
        foreach (var (name, item) in value.GetObject().Items)
            Flatten(prefix.Length == 0 ? name : $"{prefix}.{name}", item);
    }
}

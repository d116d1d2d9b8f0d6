using System.Text;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>The names of lines as the driver gets them (virtio 1.4, section 5.18.6.1).</summary>
public static class GpioLineNames
{
    /// <summary>Most characters of a name.</summary>
    public const int LongestName = 63;

    /// <summary>Puts names, by ascending line, into a block of zero-terminated strings; empty if there are none.</summary>
    /// <exception cref="ArgumentException">A name is not printable ASCII, too long, or given to two lines; the message says which.</exception>
    public static byte[] Encode(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (name.Length > LongestName || !name.All(static c => c is >= ' ' and <= '~'))
            {
                throw new ArgumentException($"names: '{name}' is not a line's name. Use up to {LongestName} printable ASCII characters.");
            }
            if (name.Length > 0 && !seen.Add(name))
            {
                throw new ArgumentException($"names: two lines are called '{name}'. Name each line differently, or leave a name empty.");
            }
        }
        return seen.Count == 0 ? [] : Encoding.ASCII.GetBytes(string.Concat(names.Select(static name => name + '\0')));
    }
}

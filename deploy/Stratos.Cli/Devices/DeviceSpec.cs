using System.Text;
using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Cli.Devices;

/// <summary>
/// A device as one word of a command line: <c>block:disk0,file=/srv/disk.img,queues=4,read-only</c>. A comma inside of a
/// value is written twice, as QEMU has it.
/// </summary>
/// <param name="Kind">The device kind.</param>
/// <param name="Name">The device's name within the fabric.</param>
/// <param name="Options">The options by name; a switch has the value <c>true</c>.</param>
public sealed record DeviceSpec(DeviceKind Kind, string Name, IReadOnlyDictionary<string, string> Options)
{
    private const int LongestName = 63;

    /// <summary>Makes the device.</summary>
    /// <exception cref="ArgumentException">An option is unknown or cannot be used; the message names it and the remedy.</exception>
    public VirtioDevice Create() => Kind.Create(Options);

    /// <summary>Reads a word.</summary>
    /// <exception cref="ArgumentException">It is not of the form, or the kind is unknown; the message says what is expected.</exception>
    public static DeviceSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> parts = Split(text);
        string[] head = parts[0].Split(':', 2);
        if (head.Length != 2 || head[0].Length == 0)
        {
            throw new ArgumentException($"'{text}' is not a device. Write KIND:NAME[,OPTION=VALUE...], such as block:disk0,memory=64M.");
        }
        DeviceKind kind = DeviceKinds.Find(head[0]);
        CheckName(head[1]);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in parts.Skip(1))
        {
            string[] pair = part.Split('=', 2);
            if (!options.TryAdd(pair[0], pair.Length == 2 ? pair[1] : "true"))
            {
                throw new ArgumentException($"'{text}': the option '{pair[0]}' is given twice.");
            }
        }
        return new(kind, head[1], options);
    }

    /// <summary>The word again; <see cref="Parse"/> reads it back.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Kind.Name}:{Name}");
        foreach ((string option, string value) in Options)
        {
            text.Append(',').Append(option).Append('=').Append(value.Replace(",", ",,", StringComparison.Ordinal));
        }
        return text.ToString();
    }

    /// <summary>Checks a device name: 1 to 63 letters, digits, dots, dashes and underscores.</summary>
    /// <exception cref="ArgumentException">It is not one.</exception>
    public static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > LongestName || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            throw new ArgumentException($"'{name}' is not a device name. Use 1 to {LongestName} letters, digits, '.', '-' and '_'.");
        }
    }

    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != ',') { part.Append(text[i]); continue; }
            if (i + 1 < text.Length && text[i + 1] == ',') { part.Append(','); i++; continue; }
            parts.Add(part.ToString());
            part.Clear();
        }
        parts.Add(part.ToString());
        return parts;
    }
}

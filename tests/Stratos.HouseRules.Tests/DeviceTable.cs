using System.Text;
using System.Text.RegularExpressions;

namespace Stratos.HouseRules.Tests;

/// <summary>What the tests prove of each device, read from their <c>Proves</c> attributes, and the document made of it.</summary>
internal static partial class DeviceTable
{
    /// <summary>The document.</summary>
    public const string File = "docs/devices.md";

    /// <summary>The attribute's own file, which is no test.</summary>
    private const string Attribute = "tests/Stratos.Testing/ProvesAttribute.cs";

    /// <summary>Everything that is proven, by device, section and subject.</summary>
    public static IReadOnlyList<Proof> Proofs { get; } =
        [.. SourceTree.Sources.Where(IsTest).SelectMany(file => Read(file, SourceTree.Read(file)))
            .OrderBy(proof => proof.Device, StringComparer.Ordinal)
            .ThenBy(proof => string.Join('.', proof.Section.Split('.').Select(part => part.PadLeft(4, '0'))), StringComparer.Ordinal)
            .ThenBy(proof => proof.What, StringComparer.Ordinal)
            .ThenBy(proof => proof.Test, StringComparer.Ordinal)];

    /// <summary>The proofs of one source.</summary>
    /// <exception cref="FormatException">An attribute is not of the form, or no test follows it; the message says where.</exception>
    public static IEnumerable<Proof> Read(string file, string text)
    {
        var pending = new List<Match>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith("[Proves(", StringComparison.Ordinal))
                pending.Add(Form().Match(lines[i]) is { Success: true } form ? form : throw new FormatException(
                    $"{file}:{i + 1}: write [Proves(\"device\", \"what\", \"section\")] or [Proves(…, With = \"tool\")], on a line of its own, with plain texts."));
            else if (pending.Count > 0 && Method().Match(lines[i]) is { Success: true } method)
            {
                foreach (Match form in pending)
                    yield return new(form.Groups[1].Value, form.Groups[2].Value, form.Groups[3].Value, form.Groups[4].Value,
                        $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups[1].Value}");
                pending.Clear();
            }
        }
        if (pending.Count > 0)
            throw new FormatException($"{file}: a [Proves] is followed by no test.");
    }

    /// <summary>The document's text.</summary>
    public static string Write()
    {
        var text = new StringBuilder("""
            # Devices, and what proves them

            This page is made of the `Proves` attributes on the tests, and a test keeps it equal to them: a row stands here only
            while a test bears it. *Section* is that of virtio 1.4, or a document of this repository. *With* names the real driver or
            tool that proved it in a Linux guest or on the host; where it is empty, our own independent driver did. To bring the page up
            to date: `STRATOS_WRITE_DOCS=1 dotnet run --project tests/Stratos.HouseRules.Tests`.

            """.ReplaceLineEndings("\n"));
        foreach (var device in Proofs.GroupBy(proof => proof.Device))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n## {device.Key}\n| What | Section | With | Test |\n|---|---|---|---|\n");
            foreach (var proof in device.GroupBy(proof => (proof.What, proof.Section, proof.With)))
                text.Append(System.Globalization.CultureInfo.InvariantCulture,
                    $"| {Cell(proof.Key.What)} | {proof.Key.Section} | {Cell(proof.Key.With)} | {string.Join(", ", proof.Select(one => $"`{one.Test}`").Distinct())} |\n");
        }
        return text.ToString();
    }

    private static bool IsTest(string file) =>
        file.StartsWith("tests/", StringComparison.Ordinal) && file != Attribute && !file.StartsWith("tests/Stratos.HouseRules.Tests/", StringComparison.Ordinal);

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex("""^\s*\[Proves\("([^"\\]+)", "([^"\\]+)", "([^"\\]+)"(?:, With = "([^"\\]+)")?\)\]\s*$""")]
    private static partial Regex Form();

    [GeneratedRegex(@"^\s*(?:public|internal) (?:async )?(?:void|Task|ValueTask) (\w+)\(")]
    private static partial Regex Method();
}

/// <summary>One thing that a test proves.</summary>
/// <param name="Device">The kind of device.</param>
/// <param name="What">What is proven.</param>
/// <param name="Section">Where it is specified.</param>
/// <param name="With">The real driver or tool; empty for our own driver.</param>
/// <param name="Test">The test's class and method.</param>
internal sealed record Proof(string Device, string What, string Section, string With, string Test);

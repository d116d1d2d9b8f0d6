using System.Globalization;
using Stratos.Fabric.Devices.Catalogue;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>GPIO options as texts, as a command line or a topology gives them.</summary>
internal static class GpioOptionTexts
{
    /// <summary>The options, in the order of a help text.</summary>
    public static IReadOnlyList<DeviceOption> Options { get; } =
    [
        new("chip", "PATH", "a gpiochip of this machine, such as /dev/gpiochip0; default: a simulated bank"),
        new("board", "PATH", "the file of a simulated bank, which outlives the program and is shared with whoever opens it; default: a bank of its own"),
        new("bank", "N", "lines of the simulated bank, 1 to 512; default 32"),
        new("lines", "LIST", "the bank's or chip's lines that the guest gets, in its order, such as 0-7,12; default all"),
        new("read-only", "LIST", "those of the bank's or chip's lines that the guest may read but not drive"),
        new("names", "LIST", "names of the guest's lines in its order, such as led,,door; default: the chip's"),
        new("wires", "LIST", "connections of the simulated bank, such as 0:1,2:3: line 1 follows line 0, and 3 follows 2"),
        new("latch", "N", "edges of a masked line that wait for the guest, 1 to 65536; more are merged into one; default 16"),
    ];

    /// <summary>Reads options.</summary>
    /// <exception cref="ArgumentException">One cannot be used; the message names it and the remedy.</exception>
    public static GpioOptions Read(DeviceOptionValues values)
    {
        GpioOptions standard = new();
        return new GpioOptions
        {
            Chip = values.Text("chip"),
            Board = values.Text("board"),
            Bank = values.Number("bank", standard.Bank),
            Lines = ReadLines(values, "lines"),
            ReadOnly = ReadLines(values, "read-only"),
            Names = (values.Text("names") ?? "").Split(',') is [""] ? [] : values.Text("names")!.Split(','),
            Wires = [.. Parts(values, "wires").Select(ReadWire)],
            Latch = values.Number("latch", standard.Latch),
        };
    }

    private static int[] ReadLines(DeviceOptionValues values, string option) =>
        [.. Parts(values, option).SelectMany(part => ReadRange(option, part))];

    private static string[] Parts(DeviceOptionValues values, string option) =>
        (values.Text(option) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IEnumerable<int> ReadRange(string option, string text)
    {
        string[] ends = text.Split('-');
        return ends.Length <= 2 && TryReadLine(ends[0], out int first) && TryReadLine(ends[^1], out int last) && first <= last
            ? Enumerable.Range(first, last - first + 1)
            : throw new ArgumentException($"{option}: '{text}' is not a line or a range of lines. Write such as 0-7,12.");
    }

    private static (int From, int To) ReadWire(string text)
    {
        string[] ends = text.Split(':');
        return ends.Length == 2 && TryReadLine(ends[0], out int from) && TryReadLine(ends[1], out int to)
            ? (from, to)
            : throw new ArgumentException($"wires: '{text}' is not a connection. Write FROM:TO, such as 0:1.");
    }

    private static bool TryReadLine(string text, out int line) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out line) && line < GpioDevice.MostLines;
}

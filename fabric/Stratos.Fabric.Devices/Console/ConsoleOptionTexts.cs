using System.Globalization;
using Stratos.Fabric.Devices.Catalogue;

namespace Stratos.Fabric.Devices.Console;

/// <summary>Console options as texts, as a command line or a topology gives them, and back.</summary>
internal static class ConsoleOptionTexts
{
    /// <summary>The options, in the order of a help text.</summary>
    public static IReadOnlyList<DeviceOption> Options { get; } =
    [
        new("file", "PATH", "append output to this regular file; there is no input"),
        new("pty", "LINK", "a new pseudo-terminal, with a symbolic link to it at LINK"),
        new("stdio", null, "the terminal that the program was started on; Ctrl-] leaves"),
        new("stream", "PATH", "the Unix socket of a console stream's host"),
        new("columns", "N", "columns until the terminal tells its own, 0 to 65535; default 80"),
        new("rows", "N", "rows until the terminal tells its own, 0 to 65535; default 25"),
        new("ports", "LIST", "further ports, NAME=file:PATH, NAME=pty:LINK or NAME=stream:PATH, with commas between"),
        new("multiport", null, "control queues even with a single port"),
    ];

    /// <summary>Reads options.</summary>
    /// <exception cref="ArgumentException">One cannot be used; the message names it and the remedy.</exception>
    public static ConsoleOptions Read(DeviceOptionValues values)
    {
        ConsolePortOptions first = new()
        {
            File = values.Text("file"),
            Pty = values.Text("pty"),
            Stdio = values.Flag("stdio"),
            Stream = values.Text("stream"),
            IsConsole = true,
        };
        string[] others = (values.Text("ports") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        ConsoleOptions options = new()
        {
            Ports = [first, .. others.Select(ReadPort)],
            MultiPort = values.Flag("multiport"),
            Columns = ReadSize(values, "columns", 80),
            Rows = ReadSize(values, "rows", 25),
        };
        options.Validate();
        return options;
    }

    /// <summary>Writes options as texts that <see cref="Read"/> understands.</summary>
    public static Dictionary<string, string> Write(ConsoleOptions options)
    {
        Dictionary<string, string> texts = [];
        (string kind, string place) = Place(options.Ports[0]);
        texts[kind] = place;
        if (options.Ports.Count > 1) { texts["ports"] = string.Join(',', options.Ports.Skip(1).Select(WritePort)); }
        if (options.MultiPort) { texts["multiport"] = "true"; }
        texts["columns"] = options.Columns.ToString(CultureInfo.InvariantCulture);
        texts["rows"] = options.Rows.ToString(CultureInfo.InvariantCulture);
        return texts;
    }

    private static ushort ReadSize(DeviceOptionValues values, string name, int otherwise) =>
        values.Number(name, otherwise) is var number && number <= ushort.MaxValue
            ? (ushort)number
            : throw new ArgumentException($"{name}: use 0 to {ushort.MaxValue}.");

    private static ConsolePortOptions ReadPort(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        int colon = text.IndexOf(':', equals + 1);
        if (equals <= 0 || colon < 0) { throw Misread(text); }
        string place = text[(colon + 1)..];
        ConsolePortOptions port = new() { Name = text[..equals] };
        return text[(equals + 1)..colon] switch
        {
            "file" => port with { File = place },
            "pty" => port with { Pty = place },
            "stream" => port with { Stream = place },
            _ => throw Misread(text),
        };
    }

    private static ArgumentException Misread(string text) =>
        new($"ports: '{text}' is not a port. Write NAME=file:PATH, NAME=pty:LINK or NAME=stream:PATH.");

    private static string WritePort(ConsolePortOptions port)
    {
        (string kind, string place) = Place(port);
        return $"{port.Name}={kind}:{place}";
    }

    private static (string Kind, string Place) Place(ConsolePortOptions port) =>
        port.File is not null ? ("file", port.File)
        : port.Stream is not null ? ("stream", port.Stream)
        : port.Pty is not null ? ("pty", port.Pty)
        : ("stdio", "true");
}

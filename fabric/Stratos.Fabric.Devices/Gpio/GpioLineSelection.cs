using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>
/// Access control: some of a port's lines, in an order and with names of the guest's own. The guest cannot even name the
/// others, and does not drive those that it may only read.
/// </summary>
public sealed class GpioLineSelection : IGpioPort
{
    private readonly IGpioPort _port;
    private readonly int[] _lines;
    private readonly bool[] _readOnly;
    private readonly string[] _names;

    /// <summary>Selects lines.</summary>
    /// <param name="port">The port; owned by the selection.</param>
    /// <param name="lines">The port's lines, in the order in which the guest counts them; empty for all.</param>
    /// <param name="readOnly">Those of the port's lines that the guest may not drive.</param>
    /// <param name="names">Names by the guest's count; empty or missing ones are the port's.</param>
    /// <exception cref="ArgumentException">A line does not exist, is named twice or is not selected, or there are more names than lines.</exception>
    public GpioLineSelection(IGpioPort port, IReadOnlyList<int> lines, IReadOnlyList<int> readOnly, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(readOnly);
        ArgumentNullException.ThrowIfNull(names);
        _port = port;
        _lines = lines.Count == 0 ? [.. Enumerable.Range(0, port.LineCount)] : [.. lines];
        Check("lines", _lines, line => line < port.LineCount, $"The bank has {port.LineCount} lines, from 0.");
        Check("read-only", readOnly, line => _lines.Contains(line), "It is not among the lines of the guest.");
        if (names.Count > _lines.Length) { throw new ArgumentException($"names: there are {names.Count} names for {_lines.Length} lines. Leave some out."); }
        _readOnly = [.. _lines.Select(readOnly.Contains)];
        _names = [.. _lines.Select((line, i) => i < names.Count && names[i].Length > 0 ? names[i] : port.NameOf(line))];
    }

    /// <inheritdoc/>
    public int LineCount => _lines.Length;

    /// <inheritdoc/>
    public bool HasInterrupts => _port.HasInterrupts;

    /// <inheritdoc/>
    public ulong Incarnation => _port.Incarnation;

    /// <inheritdoc/>
    public string NameOf(int line) => _names[line];

    /// <inheritdoc/>
    public Errno SetDirection(int line, GpioDirection direction, bool level) =>
        direction is GpioDirection.Output && _readOnly[line] ? Errno.EPERM : _port.SetDirection(_lines[line], direction, level);

    /// <inheritdoc/>
    public Errno Write(int line, bool level) => _readOnly[line] ? Errno.EPERM : _port.Write(_lines[line], level);

    /// <inheritdoc/>
    public Errno Read(int line, out bool level) => _port.Read(_lines[line], out level);

    /// <inheritdoc/>
    public Errno Listen(int line, GpioInterruptType type) => _port.Listen(_lines[line], type);

    /// <inheritdoc/>
    public ulong Transitions(int line) => _port.Transitions(_lines[line]);

    /// <inheritdoc/>
    public void Acknowledged(int line, ulong transitions) => _port.Acknowledged(_lines[line], transitions);

    /// <inheritdoc/>
    public void Watch(Action changed) => _port.Watch(changed);

    /// <inheritdoc/>
    public void Dispose() => _port.Dispose();

    private static void Check(string option, IReadOnlyList<int> lines, Func<int, bool> exists, string otherwise)
    {
        foreach (int line in lines)
        {
            if (!exists(line)) { throw new ArgumentException($"{option}: there is no line {line}. {otherwise}"); }
            if (lines.Count(other => other == line) > 1) { throw new ArgumentException($"{option}: line {line} is given twice."); }
        }
    }
}

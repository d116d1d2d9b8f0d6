using System.Globalization;
using System.Text;

namespace Stratos.Lab;

/// <summary>
/// The part of the second serial port that the script wrote. The guest's init frames it with lines that hold the
/// run's id: <c>@@RUN@@ begin</c> before, and <c>@@RUN@@ exit CODE</c> after it, which no output can imitate.
/// </summary>
internal sealed class ScriptOutput(SerialPort port, string runId, bool migrated)
{
    private readonly byte[] _beginMark = Encoding.ASCII.GetBytes($"@@{runId}@@ begin\n");
    private readonly byte[] _exitMark = Encoding.ASCII.GetBytes($"\n@@{runId}@@ exit ");
    private readonly Lock _lock = new();
    private int _cursor;

    /// <summary>Where the output starts; -1 before it does. A guest that migrated here is in the middle of it.</summary>
    public int Start
    {
        get
        {
            int mark = port.Find(_beginMark, 0);
            return mark >= 0 ? mark + _beginMark.Length : migrated ? 0 : -1;
        }
    }

    /// <summary>The script's exit code; null before its end.</summary>
    public int? ExitCode => Exit()?.Code;

    /// <summary>What the script wrote so far.</summary>
    public string Text
    {
        get
        {
            int start = Start;
            return start < 0 ? "" : port.Text(start, Exit()?.At ?? -1);
        }
    }

    /// <summary>
    /// True when the output holds the text after everything that was taken before; the text is taken then.
    /// </summary>
    public bool TryTake(string text)
    {
        lock (_lock)
        {
            int start = Start;
            if (start < 0)
            {
                return false;
            }

            byte[] wanted = Encoding.UTF8.GetBytes(text);
            int found = port.Find(wanted, Math.Max(start, _cursor));
            if (found < 0 || (Exit() is { } exit && found >= exit.At))
            {
                return false;
            }

            _cursor = found + wanted.Length;
            return true;
        }
    }

    private (int At, int Code)? Exit()
    {
        // The begin mark ends with the line end that a script without output leaves before the exit mark.
        int mark = port.Find(_exitMark, Math.Max(0, Start - 1));
        if (mark < 0)
        {
            return null;
        }

        int number = mark + _exitMark.Length;
        int end = port.Find("\n"u8, number);
        return end < 0 ? null : (mark, int.Parse(port.Text(number, end), CultureInfo.InvariantCulture));
    }
}

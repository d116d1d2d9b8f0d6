using System.Globalization;
using System.Text;

namespace Stratos.Lab;

/// <summary>Says what went wrong with a guest, so that the message alone is enough to start looking.</summary>
internal static class GuestFailure
{
    private const int LinesShown = 25;

    public static GuestDeadlineException Deadline(string awaited, TimeSpan deadline, GuestResult result, bool started)
    {
        string state = result switch
        {
            { QemuExitCode: not null } => "QEMU has ended",
            { ExitCode: { } code } => Say($"the script had ended with {code}, but the guest did not switch itself off"),
            _ when Panic(result) is { } panic => Say($"the kernel panicked ({panic})"),
            _ when started => "the script was still running",
            _ => "the script had not started: the guest hung before it, or a device still waited for its backend",
        };
        return new(Report(Say($"Waited {deadline.TotalSeconds:0.#} s in vain for {awaited}: {state}."), result), result);
    }

    public static GuestException Ended(string awaited, GuestResult result)
    {
        string cause = result switch
        {
            { QemuExitCode: > 128 and { } code } => Say($"QEMU was ended by signal {code - 128}{SignalName(code - 128)}"),
            { QemuExitCode: { } code and not 0 } => Say($"QEMU ended with exit code {code}"),
            { ExitCode: { } code } => Say($"the script had already ended with {code}"),
            _ when Panic(result) is { } panic => Say($"the guest's kernel panicked ({panic})"),
            _ => "the guest switched itself off or rebooted before",
        };
        return new(Report(Say($"{awaited} never came: {cause}."), result), result);
    }

    private static string? Panic(GuestResult result)
    {
        int at = result.Serial.IndexOf("Kernel panic", StringComparison.Ordinal);
        return at < 0 ? null : result.Serial[at..].Split('\n')[0].Trim();
    }

    private static string SignalName(int signal) => signal switch
    {
        6 => " (SIGABRT: an assertion in QEMU failed)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        _ => "",
    };

    private static string Report(string headline, GuestResult result)
    {
        var report = new StringBuilder(headline).AppendLine();
        report.AppendLine(CultureInfo.InvariantCulture, $"Elapsed since QEMU's start: {result.Elapsed.TotalSeconds:0.0} s.");
        Section(report, "QEMU's standard error", result.QemuErrors);
        Section(report, "the script's output", result.Output);
        Section(report, "the kernel's console", result.Serial);
        return report.ToString().TrimEnd();
    }

    private static void Section(StringBuilder report, string title, string text)
    {
        string[] lines = text.TrimEnd().Split('\n');
        report.AppendLine(CultureInfo.InvariantCulture, $"--- end of {title}:");
        foreach (string line in lines.TakeLast(LinesShown))
        {
            report.AppendLine(line.TrimEnd());
        }
    }

    private static string Say(FormattableString text) => FormattableString.Invariant(text);
}

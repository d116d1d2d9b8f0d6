using System.Globalization;
using System.Text.RegularExpressions;

namespace Stratos.Cli.Processes;

/// <summary>One line of the session keeper's log, read back.</summary>
/// <param name="Device">The device whose session it is about.</param>
/// <param name="What">The event's name, such as <c>Serving</c>.</param>
/// <param name="ProcessId">The worker's process; 0 when no worker is concerned.</param>
public sealed partial record KeeperNews(string Device, string What, int ProcessId)
{
    /// <summary>Reads a line; null when it is not an event.</summary>
    public static KeeperNews? Parse(string line)
    {
        Match match = Line().Match(line);
        return !match.Success ? null : new(
            match.Groups["device"].Value,
            match.Groups["what"].Value,
            match.Groups["pid"].Success ? int.Parse(match.Groups["pid"].Value, CultureInfo.InvariantCulture) : 0);
    }

    [GeneratedRegex(@"^\[ *[0-9.]+\] (?<device>[^ :]+): (?<what>[A-Za-z]+)(?:.*\bpid (?<pid>[0-9]+))?")]
    private static partial Regex Line();
}

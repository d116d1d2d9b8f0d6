namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>What a partition is told of an expiry.</summary>
internal static class WatchdogText
{
    /// <summary>One line: why, and what was done about it.</summary>
    /// <param name="timer">The watchdog as it expired.</param>
    /// <param name="line">What was to reset the machine.</param>
    /// <param name="failure">Why that failed, if it did.</param>
    public static string Describe(WatchdogTimer timer, IResetLine line, string? failure)
    {
        string why = (timer.BootStatus & WatchdogCause.Early) != 0 ? "a ping came before the window was open" : "no ping came in time";
        string who = timer.Silent == 0 ? "" : $"; silent virtual processors: {string.Join(", ", Enumerable.Range(0, 64).Where(cpu => (timer.Silent >> cpu & 1) != 0))}";
        string done = line is NoResetLine ? "nothing else is done about it"
            : failure is null ? "the machine was reset"
            : $"the machine could not be reset, which is tried again: {failure}";
        return $"the watchdog expired for the {Ordinal(timer.Expirations)} time: {why}{who}; {done}";
    }

    private static string Ordinal(uint number) => (number % 100) is 11 or 12 or 13 ? $"{number}th" : (number % 10) switch
    {
        1 => $"{number}st",
        2 => $"{number}nd",
        3 => $"{number}rd",
        _ => $"{number}th",
    };
}

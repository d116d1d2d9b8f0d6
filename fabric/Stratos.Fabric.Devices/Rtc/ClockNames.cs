namespace Stratos.Fabric.Devices.Rtc;

/// <summary>The clocks' names in texts, and what the clocks are.</summary>
public static class ClockNames
{
    private static readonly string[] s_names = ["utc", "tai", "monotonic", "smeared", "smeared-sls", "maybe-smeared"];

    private static readonly ClockDescription[] s_descriptions =
    [
        new(RtcClockType.Utc), new(RtcClockType.Tai), new(RtcClockType.Monotonic),
        new(RtcClockType.UtcSmeared, RtcSmearing.NoonLinear), new(RtcClockType.UtcSmeared, RtcSmearing.UtcSls), new(RtcClockType.UtcMaybeSmeared),
    ];

    /// <summary>How many there are.</summary>
    public static int Count => s_names.Length;

    /// <summary>What a clock is.</summary>
    public static ClockDescription Describe(ClockName name) => s_descriptions[(int)name];

    /// <summary>Reads a list of names with commas between; <c>none</c> is the empty list.</summary>
    /// <param name="option">The option's name, for messages.</param>
    /// <param name="list">The list.</param>
    /// <exception cref="ArgumentException">A name is unknown or there twice.</exception>
    public static IReadOnlyList<ClockName> Parse(string option, string list)
    {
        ArgumentNullException.ThrowIfNull(list);
        List<ClockName> clocks = [];
        if (list == "none") { return clocks; }
        foreach (string word in list.Split(',', StringSplitOptions.TrimEntries))
        {
            int index = Array.IndexOf(s_names, word);
            if (index < 0) { throw new ArgumentException($"{option}: there is no clock '{word}'. Known are: {string.Join(", ", s_names)}; none for no clock."); }
            if (clocks.Contains((ClockName)index)) { throw new ArgumentException($"{option}: the clock '{word}' is there twice."); }
            clocks.Add((ClockName)index);
        }
        return clocks;
    }

    /// <summary>The name in texts.</summary>
    public static string Text(ClockName name) => s_names[(int)name];
}

using Stratos.Fabric.Devices.Rtc.Host;
using Stratos.Fabric.Devices.Rtc.Simulation;
using Stratos.Fabric.Devices.Rtc.Time;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Rtc;

/// <summary>How an RTC device is set up.</summary>
public sealed record RtcOptions
{
    /// <summary>Most clocks that a device can have.</summary>
    public const int MaxClocks = 16;

    /// <summary>The clocks that the guest sees, in their order; a clock that is not named does not exist for it.</summary>
    public IReadOnlyList<ClockName> Clocks { get; init; } = [ClockName.Smeared, ClockName.Utc, ClockName.Tai, ClockName.Monotonic];

    /// <summary>The clocks that the guest may set an alarm of; null for all that it sees.</summary>
    public IReadOnlyList<ClockName>? Alarms { get; init; }

    /// <summary>Whether alarms are forgotten when the driver resets the device.</summary>
    public bool ForgetAlarms { get; init; }

    /// <summary>The file of a <see cref="ClockBoard"/> whose clocks are shown; null for the host's own.</summary>
    public string? Board { get; init; }

    /// <summary>What the board's counter is to the guest; <see cref="RtcCounter.Invalid"/> for none.</summary>
    public RtcCounter Counter { get; init; } = RtcCounter.Invalid;

    /// <summary>A file of leap seconds for the host's clocks, as <see cref="LeapSecondFile"/> reads it; null for those up to 2016.</summary>
    public string? LeapSeconds { get; init; }

    /// <summary>The numbers of the clocks that have an alarm.</summary>
    public IEnumerable<int> AlarmClocks => Enumerable.Range(0, Clocks.Count).Where(clock => Alarms?.Contains(Clocks[clock]) ?? true);

    /// <summary>Checks what can be checked without the host.</summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it and the remedy.</exception>
    public void Validate()
    {
        if (Alarms?.Except(Clocks).Cast<ClockName?>().FirstOrDefault() is { } hidden)
        {
            throw new ArgumentException($"alarms: the guest does not see the clock '{ClockNames.Text(hidden)}'. Name it in the option clocks too.");
        }
        if (Board is null && Counter is not RtcCounter.Invalid) { throw new ArgumentException("counter: only a board's clocks have one. Name a board too."); }
        if (Board is not null && LeapSeconds is not null) { throw new ArgumentException("leap-seconds: a board has its own. Leave one of the two options out."); }
    }

    /// <summary>Opens the clocks that the options name.</summary>
    /// <exception cref="ArgumentException">A file cannot be used; the message names the option and the remedy.</exception>
    public IClockPort OpenPort()
    {
        if (Board is not null) { return new SimulatedClocks(OpenBoard(Board), Clocks, Counter); }
        if (LeapSeconds is null) { return new HostClocks(Clocks); }
        (int offset, LeapSecond[] leaps) = ReadLeapSeconds(LeapSeconds);
        return new HostClocks(Clocks, offset, leaps);
    }

    private static ClockBoard OpenBoard(string path)
    {
        try
        {
            return ClockBoard.Open(path);
        }
        catch (Exception failure) when (failure is LinuxException or ArgumentException)
        {
            throw new ArgumentException($"board: {failure.Message}", failure);
        }
    }

    private static (int Offset, LeapSecond[] Leaps) ReadLeapSeconds(string path)
    {
        try
        {
            return LeapSecondFile.Parse(File.ReadLines(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ArgumentException($"leap-seconds: '{path}' cannot be read ({failure.Message}). Name a file such as /usr/share/zoneinfo/leap-seconds.list.", failure);
        }
    }
}

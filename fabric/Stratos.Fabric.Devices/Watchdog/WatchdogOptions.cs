using Stratos.Fabric.Devices.Watchdog.Host;
using Stratos.Fabric.Devices.Watchdog.Simulation;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>How a watchdog device is set up. Times are milliseconds.</summary>
public sealed record WatchdogOptions
{
    /// <summary>The longest time-out that there can be: a day.</summary>
    public const int LongestTimeout = 86_400_000;

    /// <summary>Most virtual processors that can ping for themselves.</summary>
    public const int MostProcessors = 64;

    /// <summary>The time-out until the driver chooses another. The driver of the protocol in use pings each 15 seconds.</summary>
    public int Timeout { get; init; } = 20_000;

    /// <summary>Whether the extension is offered; without it the device speaks the protocol in use and nothing else.</summary>
    public bool Extended { get; init; }

    /// <summary>The shortest time-out that the driver may choose, from 10.</summary>
    public int Minimum { get; init; } = 100;

    /// <summary>The longest time-out that the driver may choose, up to <see cref="LongestTimeout"/>.</summary>
    public int Maximum { get; init; } = 600_000;

    /// <summary>Most virtual processors that ping for themselves, 0 to <see cref="MostProcessors"/>.</summary>
    public int Processors { get; init; } = MostProcessors;

    /// <summary>Whether a watchdog that is armed can neither be stopped nor changed.</summary>
    public bool NoWayOut { get; init; }

    /// <summary>The socket of QEMU's monitor, through which the machine is reset; null for none.</summary>
    public string? Monitor { get; init; }

    /// <summary>The file of a simulated reset line; null for none.</summary>
    public string? Board { get; init; }

    internal WatchdogLimits Limits => Extended
        ? new((uint)Minimum, (uint)Maximum, (uint)Timeout, Processors, NoWayOut)
        : new((uint)Timeout, (uint)Timeout, (uint)Timeout, 0, NoWayOut);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">One cannot be used; the message names it and the remedy.</exception>
    public void Validate()
    {
        if (Timeout is < 10 or > LongestTimeout) { throw new ArgumentException($"timeout: use 10 to {LongestTimeout} milliseconds, not {Timeout}."); }
        if (Extended && Minimum is < 10 || Minimum > Maximum) { throw new ArgumentException($"min-timeout: use 10 to max-timeout, which is {Maximum}, not {Minimum}."); }
        if (Maximum > LongestTimeout) { throw new ArgumentException($"max-timeout: use at most {LongestTimeout} milliseconds, not {Maximum}."); }
        if (Extended && (Timeout < Minimum || Timeout > Maximum)) { throw new ArgumentException($"timeout: {Timeout} is not between min-timeout {Minimum} and max-timeout {Maximum}."); }
        if (Processors is < 0 or > MostProcessors) { throw new ArgumentException($"vcpus: use 0 to {MostProcessors}, not {Processors}."); }
        if (Monitor is not null && Board is not null) { throw new ArgumentException("monitor: there is a board too. Leave one of the two options out."); }
    }

    /// <summary>Opens what resets the machine.</summary>
    /// <exception cref="ArgumentException">The board cannot be used; the message names the option and the remedy.</exception>
    public IResetLine OpenLine()
    {
        if (Monitor is not null) { return new QemuResetLine(Monitor); }
        if (Board is null) { return new NoResetLine(); }
        try
        {
            return ResetBoard.Open(Board);
        }
        catch (Exception failure) when (failure is LinuxException or ArgumentException)
        {
            throw new ArgumentException($"board: {failure.Message}", failure);
        }
    }
}

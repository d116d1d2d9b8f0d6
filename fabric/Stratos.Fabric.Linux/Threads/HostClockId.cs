namespace Stratos.Fabric.Linux;

/// <summary>Clocks that the kernel keeps; the values are its own.</summary>
public enum HostClockId
{
    /// <summary>Unix time, as somebody sets it. It steps at leap seconds unless the host is synchronised to smeared time.</summary>
    Realtime = 0,

    /// <summary>Time since some moment before the machine's start, without the time that it slept.</summary>
    Monotonic = 1,

    /// <summary>Time since the machine's start, with the time that it slept.</summary>
    Boottime = 7,

    /// <summary>TAI; equal to <see cref="Realtime"/> until somebody told the kernel how far apart they are.</summary>
    Tai = 11,
}

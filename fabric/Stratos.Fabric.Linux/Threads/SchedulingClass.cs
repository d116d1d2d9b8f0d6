namespace Stratos.Fabric.Linux;

/// <summary>How the kernel chooses among threads.</summary>
public enum SchedulingClass
{
    /// <summary>Fair sharing; the default.</summary>
    Normal = 0,

    /// <summary>Real time, runs until it waits; priorities 1 to 99.</summary>
    Fifo = 1,

    /// <summary>Real time, takes turns among equals; priorities 1 to 99.</summary>
    RoundRobin = 2,

    /// <summary>Fair sharing for work that never hurries.</summary>
    Batch = 3,

    /// <summary>Only when nothing else wants to run.</summary>
    Idle = 5,
}

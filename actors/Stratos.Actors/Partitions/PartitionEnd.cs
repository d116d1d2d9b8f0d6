namespace Stratos.Actors.Partitions;

/// <summary>Why a partition ended.</summary>
public enum PartitionEndCause
{
    /// <summary>It was asked to; everything was stopped in order.</summary>
    Stopped,
    /// <summary>A device failed too often or cannot be stopped; a fresh process may serve it.</summary>
    DeviceLost,
    /// <summary>The program itself failed.</summary>
    Crashed,
}

/// <summary>The end of a partition.</summary>
/// <param name="Cause">The kind of cause.</param>
/// <param name="Reason">The cause for a reader.</param>
public sealed record PartitionEnd(PartitionEndCause Cause, string Reason)
{
    /// <summary>
    /// The exit code of the process, by which a service manager tells the causes apart: 0 in order, 70 a device is
    /// lost, 71 the program failed (EX_SOFTWARE and EX_OSERR of sysexits, which no other exit of the program uses).
    /// </summary>
    public int ExitCode => Cause switch
    {
        PartitionEndCause.Stopped => 0,
        PartitionEndCause.DeviceLost => 70,
        _ => 71,
    };
}

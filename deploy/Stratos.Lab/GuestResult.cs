namespace Stratos.Lab;

/// <summary>What a guest left behind.</summary>
public sealed record GuestResult
{
    /// <summary>The script's exit code; null as long as the script has not ended.</summary>
    public required int? ExitCode { get; init; }

    /// <summary>
    /// What the script wrote, standard output and error, and nothing else. What it wrote right before a panic may
    /// not have left the guest's serial port any more.
    /// </summary>
    public required string Output { get; init; }

    /// <summary>The kernel's console: the whole log, without the script's output.</summary>
    public required string Serial { get; init; }

    /// <summary>QEMU's standard error.</summary>
    public required string QemuErrors { get; init; }

    /// <summary>
    /// QEMU's end: null while it runs, 0 when the guest switched itself off, 128 plus the signal's number when a
    /// signal ended it.
    /// </summary>
    public required int? QemuExitCode { get; init; }

    /// <summary>QEMU runs, or ran until the guest switched itself off.</summary>
    public bool QemuAlive => QemuExitCode is null or 0;

    /// <summary>From the start of QEMU until this was taken.</summary>
    public required TimeSpan Elapsed { get; init; }
}

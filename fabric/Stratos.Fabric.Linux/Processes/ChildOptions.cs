namespace Stratos.Fabric.Linux;

/// <summary>What to start, and with what.</summary>
/// <remarks>
/// A signal at the parent's death (PR_SET_PDEATHSIG) cannot be asked for here: only the child can set it,
/// between fork and exec, where no managed code may run. A program of ours sets it itself
/// (<see cref="CurrentProcess.EndWithParent"/>) or waits for an inherited descriptor to hang up.
/// </remarks>
public sealed record ChildOptions
{
    /// <summary>The program: a path, or a name that is looked up in PATH.</summary>
    public required string Program { get; init; }

    /// <summary>The arguments after the program's own name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The child's whole environment, or null for this process's.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>The descriptors that the child gets beside its standard ones. All others are closed to it (before Linux 5.11, all that are closed on exec).</summary>
    public IReadOnlyList<InheritedDescriptor> Descriptors { get; init; } = [];

    /// <summary>A file that standard output is appended to, or null for this process's.</summary>
    public string? StandardOutput { get; init; }

    /// <summary>A file that standard error is appended to, or null for this process's. May be the same file.</summary>
    public string? StandardError { get; init; }

    /// <summary>True to put the child in a process group of its own, so that the terminal's interrupt does not reach it.</summary>
    public bool NewProcessGroup { get; init; }
}

using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>A kernel call that failed, with what was asked of the kernel, of what, and how it answered.</summary>
/// <remarks>Raised at the edges (open, bind, map, spawn). Fast paths report an <see cref="Errno"/> as a value instead.</remarks>
public sealed class LinuxException : IOException
{
    /// <summary>Describes a failed call.</summary>
    /// <param name="operation">The call, in the kernel's words: <c>mmap</c>, <c>bind</c>.</param>
    /// <param name="error">The kernel's answer.</param>
    /// <param name="target">What the call was made on (a path, a purpose), or null if there is nothing to name.</param>
    public LinuxException(string operation, Errno error, string? target = null)
        : base(Describe(operation, error, target))
    {
        Operation = operation;
        Error = error;
        Target = target;
    }

    /// <summary>Describes a call that was refused for a reason that the error number alone does not tell.</summary>
    /// <param name="operation">The call, in the kernel's words.</param>
    /// <param name="error">The error number that fits best.</param>
    /// <param name="target">What the call was made on.</param>
    /// <param name="reason">A sentence fragment for the reader of the log: <c>another process listens there</c>.</param>
    public LinuxException(string operation, Errno error, string target, string reason)
        : base($"{Describe(operation, error, target)}: {reason}")
    {
        Operation = operation;
        Error = error;
        Target = target;
    }

    /// <summary>The call that failed.</summary>
    public string Operation { get; }

    /// <summary>The kernel's answer.</summary>
    public Errno Error { get; }

    /// <summary>What the call was made on, if it has a name.</summary>
    public string? Target { get; }

    private static string Describe(string operation, Errno error, string? target)
    {
        string subject = target is null ? operation : $"{operation} of '{target}'";
        return $"{subject} failed: {error} ({Marshal.GetPInvokeErrorMessage((int)error)})";
    }
}

namespace Stratos.Fabric.Linux;

/// <summary>How a child ended.</summary>
/// <param name="ExitCode">0 to 255 if it exited by itself, else null.</param>
/// <param name="Signal">The signal that killed it, else null.</param>
public readonly record struct ChildExit(int? ExitCode, int? Signal)
{
    /// <summary>True if it exited by itself with code 0.</summary>
    public bool IsSuccess => ExitCode == 0;
}

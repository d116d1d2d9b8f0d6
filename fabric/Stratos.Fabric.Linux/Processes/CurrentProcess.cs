namespace Stratos.Fabric.Linux;

/// <summary>Settings of this process.</summary>
public static class CurrentProcess
{
    private const int SetParentDeathSignal = 1; // PR_SET_PDEATHSIG
    private const int KillSignal = 9;

    /// <summary>Has the kernel kill this process when its parent is gone. To be called first thing in a child.</summary>
    /// <remarks>
    /// The kernel means the parent's *thread* that started the child: a parent has to start such children from a thread
    /// that lives as long as itself, not from the pool.
    /// </remarks>
    /// <param name="parentProcessId">The parent, as it told the child; it may have died before this call.</param>
    /// <returns>False if the parent is gone already: the caller should exit.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static bool EndWithParent(int parentProcessId)
    {
        IoResult.Capture(Libc.ProcessControl(SetParentDeathSignal, KillSignal, 0, 0, 0)).OrThrow("prctl(PR_SET_PDEATHSIG)");
        return Libc.ParentProcessId() == parentProcessId;
    }
}

namespace Stratos.Fabric.Linux;

/// <summary>A child of this process: started, watched, reaped.</summary>
/// <remarks>All members may be called from any thread.</remarks>
public sealed unsafe class ChildProcess : IDisposable
{
    private const int ByHandle = 3;      // P_PIDFD
    private const int Exited = 4;        // WEXITED
    private const int NoHang = 1;        // WNOHANG
    private const int ExitedByItself = 1; // CLD_EXITED

    private readonly Lock _lock = new();
    private ChildExit? _exit;
    private bool _disposed;

    private ChildProcess(int processId)
    {
        ProcessId = processId;
        // A child that was not reaped keeps its number, so this cannot open another process.
        Handle = ProcessHandle.Open(processId);
    }

    /// <summary>The child's number. Another process may get it once the child was reaped.</summary>
    public int ProcessId { get; }

    /// <summary>The child's handle. It stays owned by this object.</summary>
    public ProcessHandle Handle { get; }

    /// <summary>Starts a program.</summary>
    /// <param name="options">What, and with what.</param>
    /// <exception cref="LinuxException">The program does not exist (<see cref="Errno.ENOENT"/>), may not be run, or a redirection failed.</exception>
    public static ChildProcess Spawn(ChildOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ChildProcess(SpawnRequest.Run(options));
    }

    /// <summary>Kills the child at once (SIGKILL). It still has to be reaped.</summary>
    /// <returns>False if it had been reaped already.</returns>
    public bool Kill() => Handle.Kill();

    /// <summary>Waits for the child to end and takes its status; afterwards nothing of it is left. Further calls return the same.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.ECHILD"/>: something else in this process has reaped it.</exception>
    public ChildExit Reap()
    {
        Handle.Wait(Timeout.InfiniteTimeSpan);
        return TryReap() ?? throw new LinuxException("waitid", Errno.ECHILD, "child");
    }

    /// <summary>Takes the child's status if it has ended.</summary>
    /// <returns>The status, or null while it runs.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.ECHILD"/>: something else in this process has reaped it.</exception>
    public ChildExit? TryReap()
    {
        lock (_lock)
        {
            if (_exit is not null) { return _exit; }
            ObjectDisposedException.ThrowIf(_disposed, this);
            ChildStatus status = default;
            Interruptible.WaitFor(ByHandle, Handle.Descriptor.Number, &status, Exited | NoHang).OrThrow("waitid", "child");
            if (status.ProcessId == 0) { return null; }
            _exit = status.Code == ExitedByItself ? new ChildExit(status.Status, null) : new ChildExit(null, status.Status);
            return _exit;
        }
    }

    /// <summary>Waits for the child to end, for a limited time, and takes its status.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <returns>The status, or null if it still runs.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.ECHILD"/>: something else in this process has reaped it.</exception>
    public ChildExit? Reap(TimeSpan timeout) => Handle.Wait(timeout) ? TryReap() : null;

    /// <summary>Kills the child if it still runs, reaps it and closes the handle. Idempotent.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) { return; }
            if (_exit is null)
            {
                Kill();
                Reap();
            }
            _disposed = true;
            Handle.Dispose();
        }
    }
}

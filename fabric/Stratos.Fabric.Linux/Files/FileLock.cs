namespace Stratos.Fabric.Linux;

/// <summary>A lock among processes that a file stands for (flock(2)). It ends with its holder, however that dies.</summary>
/// <remarks>Between objects, not threads: threads that share one object exclude each other by other means.</remarks>
public sealed class FileLock : IDisposable
{
    private const int Exclusive = 2;
    private const int NoWait = 4;
    private const int Unlock = 8;

    private readonly FileDescriptor _file;
    private readonly string _path;

    private FileLock(FileDescriptor file, string path) => (_file, _path) = (file, path);

    /// <summary>Opens a file to lock it; what is in the file does not matter.</summary>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    public static FileLock Open(string path) => new(FileIo.OpenFile(path, OpenFlags.ReadWrite), path);

    /// <summary>Takes the lock, waiting while another object has it.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Enter()
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.Lock(_file, Exclusive)); } while (result.IsInterrupted);
        result.OrThrow("flock", _path);
    }

    /// <summary>Takes the lock if nobody has it.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool TryEnter()
    {
        IoResult result = IoResult.Capture(Libc.Lock(_file, Exclusive | NoWait));
        if (result.IsWouldBlock || result.IsInterrupted) { return false; }
        result.OrThrow("flock", _path);
        return true;
    }

    /// <summary>Gives the lock back.</summary>
    public void Exit() => _ = Libc.Lock(_file, Unlock);

    /// <summary>Closes the file, and gives the lock back with it. Idempotent.</summary>
    public void Dispose() => _file.Dispose();
}

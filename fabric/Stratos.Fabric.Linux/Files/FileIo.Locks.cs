namespace Stratos.Fabric.Linux;

/// <content>Advisory locks between processes.</content>
public static partial class FileIo
{
    private const int LockExclusive = 2;           // LOCK_EX
    private const int LockExclusiveNoWait = 2 | 4; // LOCK_EX | LOCK_NB
    private const int LockRelease = 8;             // LOCK_UN

    /// <summary>
    /// Takes the exclusive advisory lock of a file (flock) if nobody has it. It belongs to the open file, not to the
    /// thread, and goes away with the process that has it, however that ends.
    /// </summary>
    /// <param name="descriptor">The file.</param>
    /// <returns>Success; <see cref="Errno.EAGAIN"/> when another open file has the lock.</returns>
    public static IoResult TryLock(FileDescriptor descriptor) => IoResult.Capture(Libc.Lock(descriptor, LockExclusiveNoWait));

    /// <summary>Takes the lock as <see cref="TryLock"/> does, and waits while another open file has it.</summary>
    /// <param name="descriptor">The file.</param>
    /// <returns>Success, or the error.</returns>
    public static IoResult Lock(FileDescriptor descriptor) => Interruptible.Lock(descriptor, LockExclusive);

    /// <summary>Gives the lock back.</summary>
    /// <param name="descriptor">The file whose lock this process has.</param>
    public static IoResult Unlock(FileDescriptor descriptor) => IoResult.Capture(Libc.Lock(descriptor, LockRelease));
}

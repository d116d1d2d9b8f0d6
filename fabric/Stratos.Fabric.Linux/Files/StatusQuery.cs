namespace Stratos.Fabric.Linux;

/// <summary>Asks for the status of a path that may be missing.</summary>
internal static unsafe class StatusQuery
{
    internal const int EmptyPath = 0x1000;       // AT_EMPTY_PATH
    internal const int AsKnown = 0x4000;         // AT_STATX_DONT_SYNC
    internal const uint Basic = 0x7FF;           // STATX_BASIC_STATS
    private const int NoFollow = 0x100;          // AT_SYMLINK_NOFOLLOW
    private const int WorkingDirectory = -100;   // AT_FDCWD

    /// <summary>The status of what a path names, links not followed; null if it names nothing.</summary>
    /// <exception cref="LinuxException">The path cannot be looked at.</exception>
    internal static FileStatus? OfPath(string path)
    {
        NativeStatus status;
        IoResult result = IoResult.Capture(Libc.StatExtended(WorkingDirectory, path, NoFollow, Basic, &status));
        if (result.Error is Errno.ENOENT) { return null; }
        result.OrThrow("statx", path);
        return FileStatus.From(status);
    }
}

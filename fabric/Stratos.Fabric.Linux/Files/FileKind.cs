namespace Stratos.Fabric.Linux;

/// <summary>What a descriptor refers to.</summary>
public enum FileKind
{
    /// <summary>A kernel object without a file type: eventfd, timerfd, epoll, pidfd.</summary>
    Anonymous = 0,

    /// <summary>A pipe or FIFO.</summary>
    Pipe = 1,

    /// <summary>A character device.</summary>
    CharacterDevice = 2,

    /// <summary>A directory.</summary>
    Directory = 4,

    /// <summary>A block device.</summary>
    BlockDevice = 6,

    /// <summary>A regular file, a memory file included.</summary>
    Regular = 8,

    /// <summary>A symbolic link.</summary>
    SymbolicLink = 10,

    /// <summary>A socket.</summary>
    Socket = 12,
}

namespace Stratos.Benchmarks.Peers;

/// <summary>What the disks of both sides stand on.</summary>
internal enum DiskKind
{
    /// <summary>Nothing is stored; what remains is the cost of the way.</summary>
    Null,

    /// <summary>Memory: the device's own here, a file on tmpfs for the peer.</summary>
    Memory,

    /// <summary>A file in the page cache of the same file system.</summary>
    File,
}

namespace Stratos.Fabric.Linux;

/// <summary>What nobody, the owner included, can do to a memory file any more.</summary>
[Flags]
public enum MemorySeals
{
    /// <summary>Everything is still possible.</summary>
    None = 0,

    /// <summary>No seal can be added.</summary>
    Seal = 1,

    /// <summary>The file cannot be cut: memory that was mapped stays there.</summary>
    Shrink = 2,

    /// <summary>The file cannot grow.</summary>
    Grow = 4,

    /// <summary>The file cannot be written.</summary>
    Write = 8,

    /// <summary>The file cannot be written except through writable mappings that exist already.</summary>
    FutureWrite = 16,

    /// <summary>The file cannot be made executable.</summary>
    Execute = 32,
}

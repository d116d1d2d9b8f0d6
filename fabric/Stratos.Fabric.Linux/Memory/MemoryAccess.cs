namespace Stratos.Fabric.Linux;

/// <summary>What a mapping may be used for.</summary>
public enum MemoryAccess
{
    /// <summary>Reading.</summary>
    Read = 1,

    /// <summary>Reading and writing.</summary>
    ReadWrite = 3,
}

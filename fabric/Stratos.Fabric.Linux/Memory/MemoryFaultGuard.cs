namespace Stratos.Fabric.Linux;

/// <summary>Keeps a memory file that a peer cuts from killing the process.</summary>
public static unsafe class MemoryFaultGuard
{
    /// <summary>How many mappings can be guarded at once.</summary>
    public const int Capacity = 1024;

    internal static FaultGuardEntry? Register(nint start, nuint size, MemoryAccess access) => null;

    internal static bool Release(FaultGuardEntry.Slot* slot) => slot->Faulted != 0;
}

using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>One guarded range in the native table.</summary>
internal sealed unsafe class FaultGuardEntry
{
    private readonly Slot* _slot;

    internal FaultGuardEntry(Slot* slot) => _slot = slot;

    /// <summary>True once the signal handler has replaced the range.</summary>
    internal bool IsFaulted => Volatile.Read(ref _slot->Faulted) != 0;

    /// <summary>Ends the guard; after it the handler never touches the range again. Once only.</summary>
    /// <returns>Whether the range had faulted.</returns>
    internal bool Release() => MemoryFaultGuard.Release(_slot);

    /// <summary>The table's row, as the machine code knows it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    internal struct Slot
    {
        /// <summary>First address; zero while the row guards nothing. Written last when published, first when withdrawn.</summary>
        [FieldOffset(0)] internal nuint Start;

        /// <summary>First address after the range; zero while the row is free.</summary>
        [FieldOffset(8)] internal nuint End;

        /// <summary>Set to one by the handler.</summary>
        [FieldOffset(16)] internal uint Faulted;

        /// <summary>Handlers that are looking at the row.</summary>
        [FieldOffset(20)] internal uint Users;

        /// <summary>The protection of the replacement pages.</summary>
        [FieldOffset(24)] internal uint Protection;
    }
}

using System.Runtime.InteropServices;

namespace Stratos.Fabric.Devices.Block;

/// <summary>A counter on cache lines of its own, so that its writers disturb no reader of what lies beside it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct PaddedCounter
{
    /// <summary>The counter.</summary>
    [FieldOffset(64)]
    public long Value;
}

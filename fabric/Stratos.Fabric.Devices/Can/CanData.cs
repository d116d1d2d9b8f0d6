using System.Runtime.CompilerServices;

namespace Stratos.Fabric.Devices.Can;

/// <summary>Room for the data of the longest CAN FD frame.</summary>
[InlineArray(Length)]
public struct CanData
{
    /// <summary>Bytes.</summary>
    public const int Length = 64;

    private byte _first;
}

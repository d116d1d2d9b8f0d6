using System.Runtime.CompilerServices;

namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>Room for a station's name.</summary>
[InlineArray(StationRecord.LongestName)]
internal struct StationName
{
    private byte _first;
}

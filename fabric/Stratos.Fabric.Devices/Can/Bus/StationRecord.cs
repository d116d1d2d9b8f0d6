using System.Runtime.InteropServices;

namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>One station of a bus, on the board.</summary>
[StructLayout(LayoutKind.Sequential, Size = Length)]
internal struct StationRecord
{
    /// <summary>Bytes of one record.</summary>
    public const int Length = 192;

    /// <summary>Bytes of the longest name.</summary>
    public const int LongestName = 32;

    /// <summary>The name in ASCII; its first byte is written last. Empty while the place is free.</summary>
    public StationName Name;

    /// <summary>The controller: see <see cref="StationWord"/>.</summary>
    public ulong Word;

    /// <summary>Frames that were ever offered. Written by the station's owner alone.</summary>
    public ulong Offered;

    /// <summary>Frames of those whose outcome is known; the rest waits.</summary>
    public ulong Settled;

    /// <summary>Position in the log of the next frame to receive.</summary>
    public ulong Cursor;

    /// <summary>The run of keys.</summary>
    public ulong Era;

    /// <summary>When the controller is back on the bus after its start, in nanoseconds of the bus's clock.</summary>
    public long OnlineAt;

    /// <summary>When a frame was last taken, in nanoseconds of the bus's clock.</summary>
    public long ReadAt;

    /// <summary>For how long the bus waits when this station reads nothing, in nanoseconds.</summary>
    public long Patience;

    /// <summary>Frames that the station did not read in time and never will.</summary>
    public ulong Lost;

    /// <summary>Transmissions of this station that are yet to be destroyed.</summary>
    public ulong ErrorsToInject;

    /// <summary>Transmissions of this station that were destroyed.</summary>
    public ulong Errors;
}

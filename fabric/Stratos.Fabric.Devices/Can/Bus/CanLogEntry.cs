using System.Runtime.InteropServices;

namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>One frame that has been on the bus, on the board.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CanLogEntry
{
    /// <summary>Which of its sender's frames it is.</summary>
    public ulong Number;

    /// <summary>The sender's place in the table of stations.</summary>
    public ulong Sender;

    /// <summary>When its last bit was on the bus, in nanoseconds of the bus's clock. Nobody has received it before.</summary>
    public long End;

    /// <summary>The frame.</summary>
    public CanFrame Frame;
}

using System.Runtime.InteropServices;

namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>What a bus has one of, on the board.</summary>
[StructLayout(LayoutKind.Sequential, Size = Length)]
internal struct BusHeader
{
    /// <summary>Bytes.</summary>
    public const int Length = 128;

    /// <summary>A random number that names this board's memory; 0 until somebody has chosen it.</summary>
    public ulong Identity;

    /// <summary>Frames that have ever been on the bus.</summary>
    public ulong Head;

    /// <summary>When the bus is idle again, in nanoseconds of its clock.</summary>
    public long BusyUntil;

    /// <summary>Transmissions of whomever that are yet to be destroyed.</summary>
    public ulong ErrorsToInject;

    /// <summary>1 if a frame that no other station acknowledges waits.</summary>
    public ulong NeedsAcknowledgement;

    /// <summary>Changes with everything that somebody may wait for.</summary>
    public uint Signal;
}

using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>struct virtio_watchdog_req (docs/standards/virtio-watchdog.md, "Requests").</summary>
/// <param name="Type">What is asked.</param>
/// <param name="Processor">Which virtual processor pings; 0 otherwise.</param>
/// <param name="Value">Milliseconds or a number of processors; 0 where there is neither.</param>
internal readonly record struct WatchdogRequest(WatchdogRequestType Type, ushort Processor, uint Value)
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 8;

    /// <summary>The ping of the protocol in use, which has no request.</summary>
    public static WatchdogRequest Ping => default;

    /// <summary>Reads a request from bytes that are the device's own copy.</summary>
    public static WatchdogRequest Read(ReadOnlySpan<byte> bytes) => new(
        (WatchdogRequestType)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
}

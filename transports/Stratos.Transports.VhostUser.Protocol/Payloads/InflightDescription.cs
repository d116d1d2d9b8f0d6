using System.Runtime.InteropServices;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Protocol.Payloads;

/// <summary>
/// The memory that records requests in flight (vhost-user specification, "Inflight description"): 20 bytes, which
/// QEMU pads to 24. Both lengths are read, 24 are written.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct InflightDescription
{
    /// <summary>Length on the wire in bytes, as written.</summary>
    public const int Length = 24;

    /// <summary>Length on the wire of a sender that does not pad.</summary>
    public const int UnpaddedLength = 20;

    private readonly ulong _mapSize;
    private readonly ulong _mapOffset;
    private readonly ushort _queues;
    private readonly ushort _queueSize;
    private readonly uint _padding;

    /// <summary>Describes a record.</summary>
    /// <param name="mapSize">Length in bytes.</param>
    /// <param name="mapOffset">Offset in the descriptor's file.</param>
    /// <param name="queues">Number of queues.</param>
    /// <param name="queueSize">Size of each queue.</param>
    public InflightDescription(ulong mapSize, ulong mapOffset, ushort queues, ushort queueSize) =>
        (_mapSize, _mapOffset, _queues, _queueSize, _padding) = (mapSize, mapOffset, queues, queueSize, 0);

    /// <summary>Length in bytes.</summary>
    public ulong MapSize => _mapSize;

    /// <summary>Offset in the descriptor's file.</summary>
    public ulong MapOffset => _mapOffset;

    /// <summary>Number of queues.</summary>
    public ushort Queues => _queues;

    /// <summary>Size of each queue.</summary>
    public ushort QueueSize => _queueSize;

    /// <summary>What the padding held; it has no meaning.</summary>
    public uint Padding => _padding;

    /// <summary>Reads a description of either length; the caller checked that there are at least <see cref="UnpaddedLength"/> bytes.</summary>
    public static InflightDescription Read(ReadOnlySpan<byte> payload)
    {
        var reader = new MessageReader(payload);
        return new(reader.Read<ulong>(), reader.Read<ulong>(), reader.Read<ushort>(), reader.Read<ushort>());
    }
}

using System.Buffers.Binary;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>A CAN frame as the driver's user has it; <see cref="Data"/> is valid until the next call.</summary>
/// <param name="id">The identifier.</param>
/// <param name="flags">VIRTIO_CAN_FLAGS, such as <see cref="FlexibleDataRate"/>.</param>
/// <param name="data">The data; of a remote request as many bytes as it asks for.</param>
public readonly ref struct CanMessage(uint id, uint flags, ReadOnlySpan<byte> data)
{
    /// <summary>VIRTIO_CAN_FLAGS_RTR.</summary>
    public const uint RemoteRequest = 0x2000;

    /// <summary>VIRTIO_CAN_FLAGS_FD.</summary>
    public const uint FlexibleDataRate = 0x4000;

    /// <summary>VIRTIO_CAN_FLAGS_EXTENDED.</summary>
    public const uint Extended = 0x8000;

    /// <summary>The most data.</summary>
    public const int MaxData = 64;

    internal const int HeaderLength = 16;
    internal const int MaxLength = HeaderLength + MaxData;

    private const ushort Transmit = 1;

    /// <summary>The identifier.</summary>
    public uint Id { get; } = id;

    /// <summary>What the frame is.</summary>
    public uint Flags { get; } = flags;

    /// <summary>The data.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Writes struct virtio_can_tx_out (virtio 1.4, section 5.20.5.2) and returns its length.</summary>
    internal int Write(Span<byte> destination)
    {
        destination[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(destination, Transmit);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], (ushort)Data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Id);
        Data.CopyTo(destination[HeaderLength..]);
        return HeaderLength + Data.Length;
    }

    /// <summary>Reads struct virtio_can_rx (section 5.20.5.3).</summary>
    internal static CanMessage Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[8..]),
        source.Slice(HeaderLength, Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(source[2..]), source.Length - HeaderLength)));
}

using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Can;

/// <summary>The messages of the three queues as they lie in a chain (virtio 1.4, section 5.20.5).</summary>
internal static class CanMessage
{
    /// <summary>struct virtio_can_tx_out and virtio_can_rx without their data.</summary>
    public const int HeaderLength = 16;

    /// <summary>The longest message.</summary>
    public const int MaxLength = HeaderLength + CanData.Length;

    /// <summary>The only bit of the configuration field <c>status</c>: VIRTIO_CAN_S_CTRL_BUSOFF.</summary>
    public const ushort BusOffStatus = 1;

    private const ushort Transmit = 0x0001;
    private const ushort Receive = 0x0101;
    private const ushort Start = 0x0201;
    private const ushort Stop = 0x0202;

    /// <summary>Reads struct virtio_can_tx_out, each byte once; false if it is not a frame that exists.</summary>
    public static bool TryReadTransmit(DescriptorChain chain, out CanFrame frame)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        frame = default;
        if (chain.CopyFrom(0, header) < HeaderLength || BinaryPrimitives.ReadUInt16LittleEndian(header) != Transmit) { return false; }
        int length = BinaryPrimitives.ReadUInt16LittleEndian(header[2..]);
        var flags = (CanFrameFlags)BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        uint id = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        if (!CanFrame.IsValid(id, length, flags)) { return false; }
        frame = new CanFrame(id, length, flags);
        return chain.CopyFrom(HeaderLength, frame.WritableData) == frame.DataLength;
    }

    /// <summary>Writes struct virtio_can_rx and returns its length.</summary>
    public static int WriteReceive(in CanFrame frame, Span<byte> message)
    {
        message[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(message, Receive);
        BinaryPrimitives.WriteUInt16LittleEndian(message[2..], (ushort)frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(message[8..], (uint)frame.Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(message[12..], frame.Id);
        // A driver checks that as many bytes came as the length says, for a remote request too.
        Span<byte> data = message.Slice(HeaderLength, frame.Length);
        data.Clear();
        frame.Data.CopyTo(data);
        return HeaderLength + frame.Length;
    }

    /// <summary>Reads struct virtio_can_control_out: true to start, false to stop, null for anything else.</summary>
    public static bool? ReadControl(DescriptorChain chain)
    {
        Span<byte> type = stackalloc byte[sizeof(ushort)];
        if (chain.CopyFrom(0, type) < sizeof(ushort)) { return null; }
        return BinaryPrimitives.ReadUInt16LittleEndian(type) switch { Start => true, Stop => false, _ => null };
    }

    /// <summary>Writes struct virtio_can_tx_in or virtio_can_control_in and returns its length.</summary>
    public static uint WriteResult(DescriptorChain chain, CanResult result) => (uint)chain.CopyTo(0, [(byte)result]);
}

using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Block;

/// <summary>The head of a request: struct virtio_blk_req up to its data (virtio 1.4, section 5.2.6).</summary>
/// <param name="Type">What is asked.</param>
/// <param name="Sector">Where, in units of 512 bytes, for reads and writes.</param>
internal readonly record struct BlockHeader(BlockRequestType Type, ulong Sector)
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 16;

    /// <summary>Reads the header, once, from wherever the driver's framing put it; false if the readable part is too short.</summary>
    public static bool TryRead(DescriptorChain chain, out BlockHeader header)
    {
        Span<byte> bytes = stackalloc byte[Length];
        header = default;
        if (chain.CopyFrom(0, bytes) < Length) { return false; }
        header = new(
            (BlockRequestType)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        return true;
    }
}

using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>The head of a request: struct virtio_i2c_out_hdr (virtio 1.4, section 5.16.6.1).</summary>
/// <param name="Address">The <c>addr</c> field.</param>
/// <param name="Flags">The <c>flags</c> field.</param>
internal readonly record struct I2cHeader(ushort Address, I2cFlags Flags)
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 8;

    /// <summary>Reads the header, once, from wherever the driver's framing put it; false if the readable part is too short.</summary>
    public static bool TryRead(DescriptorChain chain, out I2cHeader header)
    {
        Span<byte> bytes = stackalloc byte[Length];
        header = default;
        if (chain.CopyFrom(0, bytes) < Length) { return false; }
        header = new(BinaryPrimitives.ReadUInt16LittleEndian(bytes), (I2cFlags)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
        return true;
    }
}

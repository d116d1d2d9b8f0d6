using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>The configuration space: struct virtio_gpio_config (virtio 1.4, section 5.18.4).</summary>
internal static class GpioConfiguration
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 8;

    /// <summary>Writes the whole space.</summary>
    /// <param name="space">Where to.</param>
    /// <param name="lines">Number of lines.</param>
    /// <param name="namesLength">Bytes of the names block; 0 if no line has a name.</param>
    public static void Write(Span<byte> space, int lines, int namesLength)
    {
        space.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(space, (ushort)lines);
        BinaryPrimitives.WriteUInt32LittleEndian(space[4..], (uint)namesLength);
    }
}

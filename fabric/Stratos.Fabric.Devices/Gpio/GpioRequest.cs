using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>struct virtio_gpio_request (virtio 1.4, section 5.18.6).</summary>
internal readonly record struct GpioRequest(GpioMessageType Type, ushort Line, uint Value)
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 8;

    /// <summary>Length of struct virtio_gpio_response: a status and a value.</summary>
    public const int ResponseLength = 2;

    /// <summary>VIRTIO_GPIO_STATUS_OK.</summary>
    public const byte Ok = 0;

    /// <summary>VIRTIO_GPIO_STATUS_ERR.</summary>
    public const byte Error = 1;

    public static GpioRequest Read(ReadOnlySpan<byte> bytes) => new(
        (GpioMessageType)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
}

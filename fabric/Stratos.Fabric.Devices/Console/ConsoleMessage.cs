using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Console;

/// <summary>A control message: struct virtio_console_control (virtio 1.4, section 5.3.6.2).</summary>
/// <param name="Port">The port's number.</param>
/// <param name="Event">What it says.</param>
/// <param name="Value">More about it.</param>
internal readonly record struct ConsoleMessage(uint Port, ConsoleEvent Event, ushort Value)
{
    /// <summary>Length on the wire in bytes, without what follows a name or a size.</summary>
    public const int Length = 8;

    /// <summary>The message as one word, for the device's state.</summary>
    public ulong Packed => Port | ((ulong)Event << 32) | ((ulong)Value << 48);

    /// <summary>The message of a word made by <see cref="Packed"/>.</summary>
    public static ConsoleMessage Unpack(ulong packed) => new((uint)packed, (ConsoleEvent)(ushort)(packed >> 32), (ushort)(packed >> 48));

    /// <summary>Reads a message from bytes that are the device's own copy.</summary>
    public static ConsoleMessage Read(ReadOnlySpan<byte> bytes) => Unpack(BinaryPrimitives.ReadUInt64LittleEndian(bytes));

    /// <summary>Writes the message.</summary>
    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt64LittleEndian(bytes, Packed);
}

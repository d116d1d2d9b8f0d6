using System.Buffers.Binary;

namespace Stratos.Fabric.Linux;

/// <summary>A line of a <see cref="GpioChip"/> that this process has. Giving it back leaves its level to the chip's driver.</summary>
/// <remarks>One thread at a time. Nothing allocates. A chip behind a slow bus takes its time for a call.</remarks>
public sealed class GpioLine : IDisposable
{
    private const uint SetConfig = 0xC110B40D;      // GPIO_V2_LINE_SET_CONFIG_IOCTL
    private const uint GetValues = 0xC010B40E;      // GPIO_V2_LINE_GET_VALUES_IOCTL
    private const uint SetValues = 0xC010B40F;      // GPIO_V2_LINE_SET_VALUES_IOCTL
    private const int ValuesLength = 16;            // struct gpio_v2_line_values: bits, mask
    private const int EventLength = 48;             // struct gpio_v2_line_event: time, id, offset, seqno, line_seqno, ...
    private const int EventIdAt = 8;
    private const int EventNumberAt = 20;
    private const uint Rising = 1;                  // GPIO_V2_LINE_EVENT_RISING_EDGE

    internal GpioLine(FileDescriptor descriptor)
    {
        Descriptor = descriptor;
        descriptor.IsNonBlocking = true;
    }

    /// <summary>Readable while there are events.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Changes what the line is used for.</summary>
    /// <param name="use">What for.</param>
    /// <param name="level">An output's first level.</param>
    public IoResult Configure(GpioLineUse use, bool level)
    {
        Span<byte> config = stackalloc byte[GpioLineRequest.ConfigLength];
        GpioLineRequest.WriteConfig(config, use, level);
        return GpioChip.Call(Descriptor, SetConfig, config);
    }

    /// <summary>Senses the level: 1 for high in the result's count.</summary>
    public IoResult Read()
    {
        Span<byte> values = stackalloc byte[ValuesLength];
        Select(values, level: false);
        IoResult result = GpioChip.Call(Descriptor, GetValues, values);
        return result.IsSuccess ? IoResult.Success((long)(BinaryPrimitives.ReadUInt64LittleEndian(values) & 1)) : result;
    }

    /// <summary>Drives the line.</summary>
    public IoResult Write(bool level)
    {
        Span<byte> values = stackalloc byte[ValuesLength];
        Select(values, level);
        return GpioChip.Call(Descriptor, SetValues, values);
    }

    /// <summary>Takes the oldest event, if there is one.</summary>
    /// <param name="isRising">Whether the level went up; else it went down.</param>
    /// <param name="number">The number of the event since the line was taken, from 1; it grows for events that the kernel had no room for, too.</param>
    public bool TryReadEvent(out bool isRising, out uint number)
    {
        Span<byte> change = stackalloc byte[EventLength];
        bool taken = FileIo.Read(Descriptor, change).Bytes == EventLength;
        isRising = taken && BinaryPrimitives.ReadUInt32LittleEndian(change[EventIdAt..]) == Rising;
        number = taken ? BinaryPrimitives.ReadUInt32LittleEndian(change[EventNumberAt..]) : 0;
        return taken;
    }

    /// <summary>Gives the line back.</summary>
    public void Dispose() => Descriptor.Dispose();

    private static void Select(Span<byte> values, bool level)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(values, level ? 1ul : 0ul);
        BinaryPrimitives.WriteUInt64LittleEndian(values[8..], 1);
    }
}

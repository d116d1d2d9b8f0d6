using System.Buffers.Binary;
using System.Text;

namespace Stratos.Fabric.Linux;

/// <summary>struct gpio_v2_line_request for one line, and struct gpio_v2_line_config within it.</summary>
internal static class GpioLineRequest
{
    /// <summary>Length of the request in bytes.</summary>
    internal const int Length = 592;

    /// <summary>Length of the configuration in bytes.</summary>
    internal const int ConfigLength = 272;

    private const int ConsumerAt = 256;         // behind 64 line numbers
    private const int ConsumerLength = 32;
    private const int ConfigAt = 288;
    private const int CountAt = 560;
    private const int EventsAt = 564;
    private const int DescriptorAt = 588;
    private const int AttributeCountAt = 8;     // in the configuration: flags, number of attributes, padding, attributes
    private const int AttributeAt = 32;         // id, padding, value, mask of lines
    private const uint OutputValues = 2;
    private const uint Events = 256;            // how many the kernel keeps

    /// <summary>Writes a whole request.</summary>
    internal static void Write(Span<byte> request, int line, string consumer, GpioLineUse use, bool level)
    {
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, line);
        Encoding.ASCII.GetBytes(consumer.AsSpan(0, Math.Min(consumer.Length, ConsumerLength - 1)), request.Slice(ConsumerAt, ConsumerLength));
        WriteConfig(request.Slice(ConfigAt, ConfigLength), use, level);
        BinaryPrimitives.WriteInt32LittleEndian(request[CountAt..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(request[EventsAt..], Events);
    }

    /// <summary>Writes a whole configuration.</summary>
    internal static void WriteConfig(Span<byte> config, GpioLineUse use, bool level)
    {
        config.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(config, (ulong)use);
        if (use is not GpioLineUse.Output) { return; }
        BinaryPrimitives.WriteInt32LittleEndian(config[AttributeCountAt..], 1);
        Span<byte> attribute = config[AttributeAt..];
        BinaryPrimitives.WriteUInt32LittleEndian(attribute, OutputValues);
        BinaryPrimitives.WriteUInt64LittleEndian(attribute[8..], level ? 1ul : 0ul);
        BinaryPrimitives.WriteUInt64LittleEndian(attribute[16..], 1);
    }

    /// <summary>The descriptor that the kernel put into a request.</summary>
    internal static int DescriptorOf(ReadOnlySpan<byte> request) => BinaryPrimitives.ReadInt32LittleEndian(request[DescriptorAt..]);
}

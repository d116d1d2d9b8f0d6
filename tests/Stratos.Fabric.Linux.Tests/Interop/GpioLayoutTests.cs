using System.Buffers.Binary;

namespace Stratos.Fabric.Linux.Tests.Interop;

/// <summary>The kernel's structures for lines, held to numbers that a C compiler printed (linux/gpio.h); equal on x86-64 and arm64.</summary>
public sealed class GpioLayoutTests
{
    [Fact]
    public void A_request_for_an_output_is_where_the_kernel_looks_for_it()
    {
        byte[] request = new byte[GpioLineRequest.Length];
        GpioLineRequest.Write(request, line: 7, new string('x', 40), GpioLineUse.Output, level: true);
        Assert.Equal(592, request.Length);
        Assert.Equal(7, BinaryPrimitives.ReadInt32LittleEndian(request));
        Assert.Equal([.. Enumerable.Repeat((byte)'x', 31), 0], request[256..288]);
        Assert.Equal(8ul, BinaryPrimitives.ReadUInt64LittleEndian(request.AsSpan(288)));
        Assert.Equal(1, BinaryPrimitives.ReadInt32LittleEndian(request.AsSpan(288 + 8)));
        Assert.Equal(2, BinaryPrimitives.ReadInt32LittleEndian(request.AsSpan(288 + 32)));
        Assert.Equal(1ul, BinaryPrimitives.ReadUInt64LittleEndian(request.AsSpan(288 + 40)));
        Assert.Equal(1ul, BinaryPrimitives.ReadUInt64LittleEndian(request.AsSpan(288 + 48)));
        Assert.Equal(1, BinaryPrimitives.ReadInt32LittleEndian(request.AsSpan(560)));
        Assert.Equal(0, GpioLineRequest.DescriptorOf(request));
    }

    [Theory]
    [InlineData(GpioLineUse.Input, 4)]
    [InlineData(GpioLineUse.Watched, 0x34)]
    public void A_line_that_is_sensed_has_flags_alone(GpioLineUse use, ulong flags)
    {
        byte[] config = new byte[GpioLineRequest.ConfigLength];
        GpioLineRequest.WriteConfig(config, use, level: true);
        Assert.Equal(272, config.Length);
        Assert.Equal(flags, BinaryPrimitives.ReadUInt64LittleEndian(config));
        Assert.False(config.AsSpan(8).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void What_is_no_chip_is_refused() => Assert.Throws<LinuxException>(() => GpioChip.Open("/dev/null"));
}

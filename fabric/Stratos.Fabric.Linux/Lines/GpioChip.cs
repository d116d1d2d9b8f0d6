using System.Buffers.Binary;
using System.Text;

namespace Stratos.Fabric.Linux;

/// <summary>A bank of lines of this machine: <c>/dev/gpiochipN</c>, by the second version of the kernel's interface (Linux 5.10).</summary>
public sealed unsafe class GpioChip : IDisposable
{
    private const uint GetChipInfo = 0x8044B401;    // GPIO_GET_CHIPINFO_IOCTL
    private const uint GetLineInfo = 0xC100B405;    // GPIO_V2_GET_LINEINFO_IOCTL
    private const uint GetLine = 0xC250B407;        // GPIO_V2_GET_LINE_IOCTL
    private const int ChipInfoLength = 68;          // struct gpiochip_info: name, label, lines
    private const int LinesAt = 64;
    private const int LineInfoLength = 256;         // struct gpio_v2_line_info: name, consumer, offset, ...
    private const int OffsetAt = 64;
    private const int NameLength = 32;

    private readonly FileDescriptor _chip;

    private GpioChip(FileDescriptor chip, int lines) => (_chip, LineCount) = (chip, lines);

    /// <summary>Number of lines.</summary>
    public int LineCount { get; }

    /// <summary>Opens a chip.</summary>
    /// <param name="path">Its device file.</param>
    /// <exception cref="LinuxException">It cannot be opened, or is no chip.</exception>
    public static GpioChip Open(string path)
    {
        FileDescriptor chip = FileIo.OpenFile(path, OpenFlags.ReadWrite);
        try
        {
            Span<byte> info = stackalloc byte[ChipInfoLength];
            Call(chip, GetChipInfo, info).OrThrow("ioctl(GPIO_GET_CHIPINFO)", path);
            return new GpioChip(chip, BinaryPrimitives.ReadInt32LittleEndian(info[LinesAt..]));
        }
        catch
        {
            chip.Dispose();
            throw;
        }
    }

    /// <summary>A line's name, or nothing.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public string NameOf(int line)
    {
        Span<byte> info = stackalloc byte[LineInfoLength];
        info.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(info[OffsetAt..], line);
        Call(_chip, GetLineInfo, info).OrThrow("ioctl(GPIO_V2_GET_LINEINFO)");
        ReadOnlySpan<byte> name = info[..NameLength];
        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    /// <summary>Takes a line for this process alone, until it is given back or the process ends.</summary>
    /// <param name="line">The line, 0 to <see cref="LineCount"/> - 1.</param>
    /// <param name="consumer">Who has it, for others to see: at most 31 ASCII characters.</param>
    /// <param name="use">What for.</param>
    /// <param name="level">An output's first level.</param>
    /// <param name="taken">The line, if the kernel gave it.</param>
    /// <returns>The kernel's answer: <see cref="Errno.EBUSY"/> if somebody else has the line.</returns>
    public IoResult Take(int line, string consumer, GpioLineUse use, bool level, out GpioLine? taken)
    {
        Span<byte> request = stackalloc byte[GpioLineRequest.Length];
        GpioLineRequest.Write(request, line, consumer, use, level);
        IoResult result = Call(_chip, GetLine, request);
        taken = result.IsSuccess ? new GpioLine(new FileDescriptor(GpioLineRequest.DescriptorOf(request))) : null;
        return result;
    }

    /// <summary>Closes the chip; lines that were taken stay taken.</summary>
    public void Dispose() => _chip.Dispose();

    internal static IoResult Call(FileDescriptor descriptor, uint request, Span<byte> argument)
    {
        fixed (byte* pointer = argument) { return IoResult.Capture(Libc.DeviceControl(descriptor, request, pointer)); }
    }
}

using System.Buffers.Binary;
using System.Diagnostics;

namespace Stratos.Lab;

/// <summary>
/// Hands a device tree to a kernel for x86: the tree rides at the end of the kernel's image, announced by the image's
/// own header. (QEMU 11.1 has <c>-dtb</c>, but on x86 it announces the tree at a wrong address.)
/// </summary>
internal static class DeviceTreeKernel
{
    private const int SetupSectors = 0x1f1;     // of 512 bytes; the boot sector comes on top
    private const int Magic = 0x202;
    private const int SetupData = 0x250;        // physical address of the first announcement
    private const int LoadAddress = 0x100000;   // where a loader puts what follows the setup sectors
    private const int TypeDeviceTree = 2;
    private const int HeaderBytes = 16;         // next (8), type (4), length (4)

    /// <summary>Compiles a tree.</summary>
    /// <param name="compiler">The program <c>dtc</c>.</param>
    /// <param name="source">Path of the source.</param>
    /// <param name="target">Path of what it becomes.</param>
    /// <exception cref="ArgumentException">The source is wrong; the message ends with what the compiler says.</exception>
    public static void Compile(string compiler, string source, string target)
    {
        var start = new ProcessStartInfo(compiler, ["-q", "-I", "dts", "-O", "dtb", "-o", target, source])
        {
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start) ?? throw new LabUnavailableException($"{compiler} did not start.");
        string complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new ArgumentException($"The guest's device tree does not compile:\n{complaint.TrimEnd()}\n{File.ReadAllText(source)}", nameof(source));
        }
    }

    /// <summary>A kernel image that brings the tree along.</summary>
    /// <exception cref="InvalidDataException">The image is no bzImage.</exception>
    public static byte[] Append(ReadOnlySpan<byte> kernel, ReadOnlySpan<byte> tree)
    {
        if (kernel.Length < SetupData + 8 || !kernel[Magic..].StartsWith("HdrS"u8))
        {
            throw new InvalidDataException("The kernel is no bzImage: it lacks the magic word \"HdrS\" at 0x202.");
        }

        int setup = ((kernel[SetupSectors] == 0 ? 4 : kernel[SetupSectors]) + 1) * 512;
        int offset = (kernel.Length - setup + 15) & ~15;
        byte[] image = new byte[setup + offset + HeaderBytes + tree.Length];
        kernel.CopyTo(image);
        Span<byte> node = image.AsSpan(setup + offset);
        BinaryPrimitives.WriteUInt32LittleEndian(node[8..], TypeDeviceTree);
        BinaryPrimitives.WriteInt32LittleEndian(node[12..], tree.Length);
        tree.CopyTo(node[HeaderBytes..]);
        BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(SetupData), LoadAddress + offset);
        return image;
    }
}

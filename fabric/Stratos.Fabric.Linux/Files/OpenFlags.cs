using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>How a file is opened. Close-on-exec is always set and not listed.</summary>
/// <remarks>The values are this library's own, as the kernel's differ between architectures.</remarks>
[Flags]
public enum OpenFlags
{
    /// <summary>Read only.</summary>
    ReadOnly = 0,

    /// <summary>Write only.</summary>
    WriteOnly = 1,

    /// <summary>Read and write.</summary>
    ReadWrite = 2,

    /// <summary>Make the file if it does not exist.</summary>
    Create = 4,

    /// <summary>With <see cref="Create"/>: fail if it exists.</summary>
    Exclusive = 8,

    /// <summary>Cut a regular file to length zero.</summary>
    Truncate = 16,

    /// <summary>Write at the end always.</summary>
    Append = 32,

    /// <summary>Bypass the page cache; addresses, lengths and offsets must be aligned to the logical block.</summary>
    Direct = 64,

    /// <summary>A write returns when its data is durable.</summary>
    DataSync = 128,

    /// <summary>Return at once instead of waiting.</summary>
    NonBlocking = 256,

    /// <summary>Don't make a terminal the controlling one.</summary>
    NoControllingTerminal = 512,

    /// <summary>Fail if the last part of the path is a symbolic link.</summary>
    NoFollow = 1024,

    /// <summary>Fail unless the path is a directory.</summary>
    Directory = 2048,
}

internal static class OpenFlagsExtensions
{
    internal const int CloseOnExec = 0x80000;

    /// <summary>The kernel's bits. O_DIRECT, O_DIRECTORY and O_NOFOLLOW have other values on arm64 than on x86-64.</summary>
    internal static int ToNative(this OpenFlags flags)
    {
        bool arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        int native = CloseOnExec | ((int)flags & 3);
        Add(OpenFlags.Create, 0x40);
        Add(OpenFlags.Exclusive, 0x80);
        Add(OpenFlags.NoControllingTerminal, 0x100);
        Add(OpenFlags.Truncate, 0x200);
        Add(OpenFlags.Append, 0x400);
        Add(OpenFlags.NonBlocking, 0x800);
        Add(OpenFlags.DataSync, 0x1000);
        Add(OpenFlags.Direct, arm ? 0x10000 : 0x4000);
        Add(OpenFlags.Directory, arm ? 0x4000 : 0x10000);
        Add(OpenFlags.NoFollow, arm ? 0x8000 : 0x20000);
        return native;

        void Add(OpenFlags flag, int bits)
        {
            if (flags.HasFlag(flag)) { native |= bits; }
        }
    }
}

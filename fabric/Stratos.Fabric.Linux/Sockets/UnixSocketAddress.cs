using System.Text;

namespace Stratos.Fabric.Linux;

/// <summary>A path as the kernel's socket address.</summary>
internal static unsafe class UnixSocketAddress
{
    internal const int Family = 1;          // AF_UNIX
    internal const int Stream = 1;          // SOCK_STREAM
    internal const int CloseOnExec = 0x80000;
    internal const int NonBlocking = 0x800;
    internal const int MaxPathBytes = 107;
    internal static readonly uint Size = (uint)sizeof(UnixAddress);

    internal static FileDescriptor CreateSocket() =>
        new((int)IoResult.Capture(Libc.Socket(Family, Stream | CloseOnExec, 0)).OrThrow("socket"));

    /// <exception cref="LinuxException">The path is too long for a socket.</exception>
    internal static UnixAddress From(string path, string operation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        NativeText.ThrowIfCut(path);
        int count = Encoding.UTF8.GetByteCount(path);
        if (count > MaxPathBytes)
        {
            throw new LinuxException(operation, Errno.ENAMETOOLONG, path, $"a socket's path has at most {MaxPathBytes} bytes, this one {count}");
        }
        UnixAddress address = default;
        address.Family = Family;
        Encoding.UTF8.GetBytes(path, new Span<byte>(address.Path, MaxPathBytes));
        return address;
    }

    internal static IoResult TryConnect(FileDescriptor socket, string path)
    {
        UnixAddress address = From(path, "connect");
        return Interruptible.Connect(socket, &address, Size);
    }
}

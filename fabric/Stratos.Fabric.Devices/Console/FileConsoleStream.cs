using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Console;

/// <summary>Output that is appended to a regular file; there is no input. A write repeated at its position changes nothing.</summary>
public sealed class FileConsoleStream : IConsoleStream
{
    private readonly FileDescriptor _file;

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">The path. Nobody else may write the file meanwhile.</param>
    /// <exception cref="LinuxException">It cannot be opened, or is not a regular file.</exception>
    public FileConsoleStream(string path)
    {
        _file = FileIo.OpenFile(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.NonBlocking);
        FileStatus status = FileIo.GetStatus(_file);
        if (status.Kind is not FileKind.Regular)
        {
            _file.Dispose();
            throw new LinuxException("append", Errno.EINVAL, path, $"it is a {status.Kind}, not a regular file");
        }
        Incarnation = (status.Inode ^ (status.Device << 48)) | (1UL << 63);
    }

    /// <inheritdoc/>
    public bool IsConnected => true;

    /// <inheritdoc/>
    public ulong Incarnation { get; }

    /// <inheritdoc/>
    public bool IsOpen => true;

    /// <inheritdoc/>
    public TerminalSize? Size => null;

    /// <inheritdoc/>
    public ulong OutputEnd => FileIo.FileSize(_file);

    /// <inheritdoc/>
    public ulong InputStart => 0;

    /// <inheritdoc/>
    public int InputLength => 0;

    /// <inheritdoc/>
    public IoResult Write(ulong position, ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            IoResult result = FileIo.WriteAt(_file, bytes[done..], position + (ulong)done);
            if (!result.IsSuccess) { return result; }
            done += (int)result.Bytes;
        }
        return IoResult.Success(done);
    }

    /// <inheritdoc/>
    public void Read(ulong position, Span<byte> destination) { }

    /// <inheritdoc/>
    public void Consume(ulong position) { }

    /// <inheritdoc/>
    public void Watch(Action changed) { }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}

using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Entropy;

/// <summary>A host file as source: <c>/dev/hwrng</c>, <c>/dev/urandom</c>, or recorded bytes for a test.</summary>
public sealed class FileEntropySource : IEntropySource
{
    private readonly FileDescriptor _file;

    /// <summary>Opens the file.</summary>
    /// <exception cref="LinuxException">It cannot be opened for reading.</exception>
    public FileEntropySource(string path) => _file = FileIo.OpenFile(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);

    /// <inheritdoc/>
    public int Fill(Span<byte> destination) => (int)FileIo.Read(_file, destination).Bytes;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}

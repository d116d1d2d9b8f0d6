namespace Stratos.Lab.Tests;

/// <summary>An empty raw disk image that goes away with the test.</summary>
internal sealed class TemporaryDisk : IDisposable
{
    public TemporaryDisk(int megabytes)
    {
        using FileStream file = File.Create(Path);
        file.SetLength(megabytes * 1024L * 1024);
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"stratos-disk-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(Path);
}

namespace Stratos.Fabric.Devices.Tests.Block;

/// <summary>A raw image of zeroes that goes away with the test.</summary>
internal sealed class TemporaryImage : IDisposable
{
    public TemporaryImage(long length)
    {
        using FileStream file = File.Create(Path);
        file.SetLength(length);
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"stratos-{Guid.NewGuid():N}.img");

    public void Dispose() => File.Delete(Path);
}

namespace Stratos.Cli.Processes;

/// <summary>A folder for the sockets of one run, readable by this user only; deleted with everything in it at the end.</summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public RunFolder() => Path = Directory.CreateTempSubdirectory("stratos-").FullName;

    /// <summary>The folder's path.</summary>
    public string Path { get; }

    /// <summary>A path in the folder.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using Stratos.Fabric.Linux;
using Stratos.Testing;

namespace Stratos.Keeper.Tests;

/// <summary>The program as a process, with a folder of its own.</summary>
public sealed class KeeperProgram : IDisposable
{
    private ChildProcess? _process;

    public KeeperProgram() => Folder = Directory.CreateTempSubdirectory("keeper-").FullName;

    public string Folder { get; }
    public string Control => Path.Combine(Folder, "control.sock");
    public string Socket => Path.Combine(Folder, "disk.sock");
    public string Errors => File.Exists(ErrorFile) ? File.ReadAllText(ErrorFile) : "";
    public string Output => File.Exists(OutputFile) ? File.ReadAllText(OutputFile) : "";

    /// <summary>Where standard error goes.</summary>
    public string ErrorFile { get => field ?? Path.Combine(Folder, "errors"); set; }

    private string OutputFile => Path.Combine(Folder, "output");

    public void Start(params string[] arguments) => _process = ChildProcess.Spawn(new()
    {
        Program = Path.Combine(AppContext.BaseDirectory, "stratos-keeper"), Arguments = arguments, StandardError = ErrorFile, StandardOutput = OutputFile,
    });

    /// <summary>Runs it to its end.</summary>
    public int Run(params string[] arguments)
    {
        Start(arguments);
        return End();
    }

    public void Signal(int signal) => _process!.Handle.Signal(signal);

    public int End() => _process!.Reap(TimeSpan.FromSeconds(60))?.ExitCode ?? throw new TimeoutException($"it does not end: {Errors}");

    public void AwaitError(string part) =>
        WaitFor.Condition(() => Errors.Contains(part, StringComparison.Ordinal), $"'{part}' among the errors", TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

using System.Diagnostics;

namespace Stratos.Cli.Processes;

/// <summary>
/// A process of the fabric that this program started. It ends when its standard input closes, so nothing stays behind
/// when the starter is killed; what it writes is handed on line by line.
/// </summary>
public sealed class ManagedProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ManagedProcess(string name, Process process) => (Name, _process) = (name, process);

    /// <summary>What the process is called in messages.</summary>
    public string Name { get; }

    /// <summary>The process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Completed with the exit code (128 plus the signal when one ended it) as soon as the process is gone.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables that it gets besides this program's own.</param>
    /// <param name="line">Takes each line that it writes, from a thread of the pool.</param>
    public static ManagedProcess Start(
        string name, ProgramFile program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, Action<string> line)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(line);
        var start = new ProcessStartInfo(program.Path, [.. program.Prefix, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string variable, string value) in environment) { start.Environment[variable] = value; }
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var managed = new ManagedProcess(name, process);
        process.Exited += (_, _) => managed._exited.TrySetResult(process.ExitCode);
        process.OutputDataReceived += (_, received) => { if (received.Data is { } text) { line(text); } };
        process.ErrorDataReceived += (_, received) => { if (received.Data is { } text) { line(text); } };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return managed;
    }

    /// <summary>Ends the process at once with SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits until the process is gone.</summary>
    public void WaitForExit() => Exited.Wait();

    /// <summary>Waits until every line that the ended process wrote was handed on.</summary>
    public void DrainOutput() => _process.WaitForExit();

    /// <summary>Asks the process to end by closing its input; kills it when it has not by <paramref name="deadline"/>.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(TimeSpan deadline)
    {
        _process.StandardInput.Close();
        if (await Task.WhenAny(Exited, Task.Delay(deadline)).ConfigureAwait(false) != Exited) { Kill(); }
        return await Exited.ConfigureAwait(false);
    }

    /// <summary>Kills the process if it still runs and lets go of it.</summary>
    public void Dispose()
    {
        if (!Exited.IsCompleted && !_process.HasExited) { Kill(); }
        _process.Dispose();
    }
}

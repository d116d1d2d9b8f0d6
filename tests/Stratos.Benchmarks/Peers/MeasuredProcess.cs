using System.Diagnostics;

namespace Stratos.Benchmarks.Peers;

/// <summary>A process whose speed is measured, in a session of its own with a priority over what else runs on the machine.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    // The scheduler shares processors between sessions first: within its own group even the highest priority waits for
    // whatever runs in another. Where that needs a right that we lack, the process runs as it is.
    private const string Raise = "echo -20 2>/dev/null >/proc/self/autogroup; exec \"$@\"";
    private readonly Process _process;
    private readonly Task<string> _errors;

    public MeasuredProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("setsid", ["bash", "-c", Raise, "_", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        _process.StandardInput.Close();
        _errors = _process.StandardError.ReadToEndAsync();
        Command = $"{program} {string.Join(' ', arguments)}";
    }

    public string Command { get; }

    /// <summary>Waits until a socket can be connected to.</summary>
    /// <exception cref="InvalidOperationException">The process ended; the message has its last words.</exception>
    public void WaitForSocket(string path)
    {
        var watch = Stopwatch.StartNew();
        while (!File.Exists(path))
        {
            if (_process.WaitForExit(5))
                throw new InvalidOperationException($"{Command} ended with {_process.ExitCode}: {_errors.Result.Trim()}");
            if (watch.Elapsed > TimeSpan.FromSeconds(30))
                throw new TimeoutException($"{Command} did not open {path} within 30 s.");
        }
    }

    /// <summary>Waits for the end and returns what the process wrote.</summary>
    public string Output()
    {
        var output = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return _process.ExitCode == 0 ? output : throw new InvalidOperationException($"{Command} ended with {_process.ExitCode}: {_errors.Result.Trim()}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}

using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Stratos.Lab;

/// <summary>A QEMU, its end and its standard error. What still runs when this process ends is killed then.</summary>
internal sealed class QemuProcess : IDisposable
{
    private static readonly ConcurrentDictionary<QemuProcess, bool> Running = new();

    private readonly Process _process;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly StringBuilder _errors = new();
    private TimeSpan? _lifetime;

    static QemuProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (QemuProcess left in Running.Keys)
        {
            left.Kill();
        }
    };

    public QemuProcess(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardInput = true };
        _process = Process.Start(start) ?? throw new LabUnavailableException($"{program} did not start.");
        _process.StandardInput.Close();
        Id = _process.Id;
        Running[this] = true;
        Exited = WatchAsync();
    }

    public int Id { get; }

    /// <summary>Completes when QEMU was reaped and its standard error was read to the end.</summary>
    public Task Exited { get; }

    public TimeSpan Elapsed => _lifetime ?? _clock.Elapsed;

    /// <summary>Null while it runs; 128 plus the signal's number when a signal ended it.</summary>
    public int? ExitCode => Exited.IsCompleted ? _process.ExitCode : null;

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It had ended already.
        }
    }

    public void Dispose() => _process.Dispose();

    private async Task WatchAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
            }
        }

        await _process.WaitForExitAsync();
        _lifetime = _clock.Elapsed;
        Running.TryRemove(this, out _);
    }
}

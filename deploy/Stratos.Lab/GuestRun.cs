using System.Diagnostics;
using System.Text;

namespace Stratos.Lab;

/// <summary>A running guest. Disposing it kills QEMU, reaps it, and removes everything that the run made.</summary>
public sealed class GuestRun : IAsyncDisposable
{
    private readonly GuestSpec _spec;
    private readonly RunFolder _folder;
    private readonly SerialPort _console;
    private readonly SerialPort _port;
    private readonly ScriptOutput _output;
    private readonly QemuProcess _qemu;
    private readonly Task _watch;

    internal GuestRun(LabEnvironment lab, GuestSpec spec)
    {
        _spec = spec;
        _folder = new RunFolder();
        IReadOnlyList<string> arguments = Arguments(lab, spec);
        _console = new SerialPort(_folder.Console);
        _port = new SerialPort(_folder.Output);
        _output = new ScriptOutput(_port, spec.RunId, migrated: spec.Incoming is not null);
        Monitor = new QmpMonitor(_folder.Monitor);
        _qemu = new QemuProcess(lab.Qemu(spec.Qemu), arguments);
        _watch = WatchAsync();
    }

    /// <summary>QEMU's monitor. It answers when QEMU has created the devices, so not before their backends listen.</summary>
    public QmpMonitor Monitor { get; }

    /// <summary>QEMU's process id.</summary>
    public int ProcessId => _qemu.Id;

    /// <summary>What is known now: after the end, everything.</summary>
    public GuestResult Snapshot() => new()
    {
        ExitCode = _output.ExitCode,
        Output = _output.Text,
        Serial = _console.Text(),
        QemuErrors = _qemu.Errors,
        QemuExitCode = _qemu.ExitCode,
        Elapsed = _qemu.Elapsed,
    };

    /// <summary>Waits until the guest runs the script.</summary>
    /// <inheritdoc cref="WaitForAsync" path="/exception"/>
    public Task ScriptStartedAsync(CancellationToken ct = default) =>
        WaitUntilAsync(() => _output.Start >= 0, "the start of the script", _spec.Deadline, ct);

    /// <summary>
    /// Waits until the script has written a text, and takes it: the next wait looks behind it. One waiter at a time.
    /// </summary>
    /// <param name="text">What to wait for; end it with <c>\n</c> to be sure that the line is whole.</param>
    /// <param name="deadline">How long, from now.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="GuestDeadlineException">The text did not come in time; the guest goes on.</exception>
    /// <exception cref="GuestException">The text cannot come any more: the script or QEMU has ended.</exception>
    public Task WaitForAsync(string text, TimeSpan deadline, CancellationToken ct = default) =>
        WaitUntilAsync(() => _output.TryTake(text), $"the text \"{text.TrimEnd('\n')}\"", deadline, ct);

    /// <summary>
    /// Sends a line to the script, which takes it with <c>read line &lt;/dev/ttyS1</c>: the test says when to go on.
    /// </summary>
    /// <param name="line">The line, without its end; short, as the port takes it in at the script's pace.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task SendLineAsync(string line, CancellationToken ct = default) =>
        _port.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), ct);

    /// <summary>Waits until the script has ended and the guest has switched itself off.</summary>
    /// <returns>The whole result; a script that failed is a result too: look at its exit code.</returns>
    /// <exception cref="GuestDeadlineException">The spec's deadline passed; the guest was killed.</exception>
    /// <exception cref="GuestException">The guest panicked or ended early, or QEMU died.</exception>
    public async Task<GuestResult> CompletionAsync(CancellationToken ct = default)
    {
        TimeSpan left = _spec.Deadline - _qemu.Elapsed;
        try
        {
            await _watch.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, ct);
        }
        catch (TimeoutException)
        {
            GuestResult hung = Snapshot();
            _qemu.Kill();
            await _watch;
            throw GuestFailure.Deadline("the end of the guest", _spec.Deadline, hung, _output.Start >= 0);
        }

        GuestResult result = Snapshot();
        return result is { QemuAlive: true, ExitCode: not null } ? result : throw GuestFailure.Ended("the end of the script", result);
    }

    /// <summary>Kills QEMU, as a crash of the frontend would. The run then ends with an error.</summary>
    public void Kill() => _qemu.Kill();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _qemu.Kill();
        await _watch;
        await _console.DisposeAsync();
        await _port.DisposeAsync();
        await Monitor.DisposeAsync();
        _qemu.Dispose();
        _folder.Dispose();
    }

    private IReadOnlyList<string> Arguments(LabEnvironment lab, GuestSpec spec)
    {
        try
        {
            return QemuCommandLine.Build(lab, spec, _folder);
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    private async Task WaitUntilAsync(Func<bool> happened, string what, TimeSpan deadline, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            Task changed = _port.Changed;
            if (happened())
            {
                return;
            }

            if (_port.Ended || _output.ExitCode is not null)
            {
                await _watch.WaitAsync(ct);
                throw GuestFailure.Ended(what, Snapshot());
            }

            TimeSpan left = deadline - clock.Elapsed;
            try
            {
                await changed.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, ct);
            }
            catch (TimeoutException)
            {
                throw GuestFailure.Deadline(what, deadline, Snapshot(), _output.Start >= 0);
            }
        }
    }

    // QEMU's end, and then everything that it had still written.
    private async Task WatchAsync()
    {
        await _qemu.Exited;
        _console.StopListening();
        _port.StopListening();
        Monitor.StopListening();
        await Task.WhenAll(_console.Reading, _port.Reading);
    }
}

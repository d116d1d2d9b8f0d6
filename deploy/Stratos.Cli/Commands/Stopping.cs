using System.Runtime.InteropServices;

namespace Stratos.Cli.Commands;

/// <summary>The wish that the program ends: SIGINT, SIGTERM, or the end of its standard input where that was asked for.</summary>
internal sealed class Stopping : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    /// <summary>Begins to listen.</summary>
    /// <param name="untilInputCloses">Whether the end of standard input asks for the end, too: a starter that dies closes it.</param>
    public Stopping(bool untilInputCloses)
    {
        _signals = [Listen(PosixSignal.SIGINT), Listen(PosixSignal.SIGTERM)];
        if (untilInputCloses) { WatchInput(); }
    }

    /// <summary>Cancelled when the program is to end.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) { signal.Dispose(); }
    }

    private PosixSignalRegistration Listen(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _source.Cancel();
    });

    private void WatchInput()
    {
        var watcher = new Thread(() =>
        {
            using Stream input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[64];
            while (input.Read(ignored) > 0) { }
            _source.Cancel();
        })
        { IsBackground = true, Name = "stdin" };
        watcher.Start();
    }
}

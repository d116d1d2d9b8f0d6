using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Stratos.Lab;

/// <summary>QEMU's monitor (QMP): commands with JSON answers, and events. Safe for any number of threads.</summary>
public sealed class QmpMonitor : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Stream> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _pending = new();
    private readonly Channel<JsonElement> _events = Channel.CreateBounded<JsonElement>(
        new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private int _lastId;
    private volatile bool _ended;

    internal QmpMonitor(string path)
    {
        _listener = UnixListener.Open(path);
        _reading = ReadAsync();
    }

    /// <summary>Runs a command and gives what it returned.</summary>
    /// <param name="command">Such as <c>query-status</c>, <c>stop</c>, <c>cont</c>, <c>migrate</c>, <c>block_resize</c>.</param>
    /// <param name="arguments">An object that is written as JSON: an anonymous type or a dictionary; null for none.</param>
    /// <param name="ct">Ends the wait, not the command.</param>
    /// <exception cref="QmpException">QEMU refused the command, or ended.</exception>
    public async Task<JsonElement> ExecuteAsync(string command, object? arguments = null, CancellationToken ct = default)
    {
        Stream stream = await _ready.Task.WaitAsync(ct);
        return await SendAsync(stream, command, arguments, ct);
    }

    /// <summary>
    /// Waits for an event, such as <c>STOP</c>, <c>RESUME</c>, <c>SHUTDOWN</c>, <c>MIGRATION</c>, <c>DEVICE_DELETED</c>.
    /// Each event is seen once; events of other names that came before it are passed over. One waiter at a time.
    /// </summary>
    /// <exception cref="QmpException">QEMU ended before the event came.</exception>
    public async Task<JsonElement> WaitForEventAsync(string name, CancellationToken ct)
    {
        await foreach (JsonElement happened in _events.Reader.ReadAllAsync(ct))
        {
            if (happened.GetProperty("event").ValueEquals(name))
            {
                return happened;
            }
        }

        throw new QmpException($"QEMU ended before the event {name} came.");
    }

    /// <summary>QEMU is gone: whoever waits for it is told.</summary>
    internal void StopListening() => _stop.Cancel();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _listener.Dispose();
        _stop.Dispose();
        _writing.Dispose();
    }

    private async Task<JsonElement> SendAsync(Stream stream, string command, object? arguments, CancellationToken ct)
    {
        int id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        object message = arguments is null ? new { execute = command, id } : new { execute = command, arguments, id };
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(message), (byte)'\n'];
        await _writing.WaitAsync(ct);
        try
        {
            await stream.WriteAsync(line, ct);
        }
        catch (IOException gone)
        {
            throw new QmpException($"QEMU ended before it took the command {command}.", gone);
        }
        finally
        {
            _writing.Release();
        }

        if (_ended)
        {
            answer.TrySetException(Gone());
        }

        JsonElement reply = await answer.Task.WaitAsync(ct);
        return reply.TryGetProperty("error", out JsonElement error)
            ? throw new QmpException($"QEMU refused {command}: {error.GetProperty("desc").GetString()}")
            : reply.GetProperty("return");
    }

    private async Task ReadAsync()
    {
        try
        {
            using Socket socket = await _listener.AcceptAsync(_stop.Token);
            await using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await reader.ReadLineAsync(_stop.Token);                    // the greeting
            await stream.WriteAsync("{\"execute\":\"qmp_capabilities\"}\n"u8.ToArray(), _stop.Token);
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                Dispatch(JsonDocument.Parse(line).RootElement, stream);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or IOException or JsonException)
        {
            // QEMU ended, in the middle of a line perhaps.
        }

        _ended = true;
        _ready.TrySetException(Gone());
        _events.Writer.TryComplete();
        foreach (TaskCompletionSource<JsonElement> waiting in _pending.Values)
        {
            waiting.TrySetException(Gone());
        }
    }

    private void Dispatch(JsonElement message, Stream stream)
    {
        if (message.TryGetProperty("event", out _))
        {
            _events.Writer.TryWrite(message);
        }
        else if (message.TryGetProperty("id", out JsonElement id) && _pending.TryRemove(id.GetInt32(), out var waiting))
        {
            waiting.TrySetResult(message);
        }
        else
        {
            _ready.TrySetResult(stream);        // the answer without an id is the one to qmp_capabilities
        }
    }

    private static QmpException Gone() => new("QEMU ended, or never opened its monitor.");
}

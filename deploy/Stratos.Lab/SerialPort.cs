using System.Net.Sockets;
using System.Text;

namespace Stratos.Lab;

/// <summary>
/// One serial port of a guest: a socket to which QEMU connects, and everything that came through it so far.
/// Safe for any number of threads.
/// </summary>
internal sealed class SerialPort : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Socket> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private byte[] _bytes = new byte[16 * 1024];
    private int _length;
    private bool _ended;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SerialPort(string path)
    {
        _listener = UnixListener.Open(path);
        _reading = ReadAsync();
    }

    /// <summary>Nothing more will come.</summary>
    public bool Ended
    {
        get
        {
            lock (_lock)
            {
                return _ended;
            }
        }
    }

    /// <summary>Ends when nothing more will come.</summary>
    public Task Reading => _reading;

    /// <summary>Completes when more came, or the end. Take it before looking, or a change may be missed.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Where the pattern starts at or after an index; -1 when it has not come.</summary>
    public int Find(ReadOnlySpan<byte> pattern, int from)
    {
        lock (_lock)
        {
            int found = _bytes.AsSpan(from, _length - from).IndexOf(pattern);
            return found < 0 ? -1 : from + found;
        }
    }

    /// <summary>The text from an index up to another, or to what came last.</summary>
    public string Text(int from = 0, int to = -1)
    {
        lock (_lock)
        {
            int end = to < 0 ? _length : to;
            return end <= from ? "" : Encoding.UTF8.GetString(_bytes, from, end - from);
        }
    }

    /// <summary>Sends bytes to the guest. They are lost when QEMU has ended, as on a real line.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await Task.WhenAny(_connected.Task, _reading).WaitAsync(ct);
        try
        {
            while (_connected.Task.IsCompleted && !bytes.IsEmpty)
            {
                bytes = bytes[await (await _connected.Task).SendAsync(bytes, ct)..];
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Whoever waits for what the guest makes of it is told that QEMU ended.
        }
    }

    /// <summary>QEMU is gone: if it never connected, it never will.</summary>
    public void StopListening() => _stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] chunk = new byte[4096];
        try
        {
            using Socket socket = await _listener.AcceptAsync(_stop.Token);
            _connected.TrySetResult(socket);
            int count;
            while ((count = await socket.ReceiveAsync(chunk)) > 0)
            {
                Append(chunk.AsSpan(0, count));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // QEMU never connected, or was killed: what came is what there is.
        }
        finally
        {
            End();
        }
    }

    private void Append(ReadOnlySpan<byte> chunk)
    {
        lock (_lock)
        {
            if (_length + chunk.Length > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + chunk.Length));
            }

            chunk.CopyTo(_bytes.AsSpan(_length));
            _length += chunk.Length;
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _ended = true;
            _changed.TrySetResult();        // and stays so: whoever asks from now on need not wait
        }
    }
}

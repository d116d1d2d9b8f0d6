using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Console.Streams;

/// <summary>
/// The device's end of a console stream. The bytes go through shared memory to the stream's host, a process that owns the
/// terminal and lives on when this one is killed; its successor connects to the same host and goes on at the same byte.
/// </summary>
public sealed class ConsoleStreamPort : IConsoleStream
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(50);

    private readonly string _path;
    private readonly ConsoleStreamHost? _ownHost;
    private readonly EventFd _stop = EventFd.Create();
    private ConsoleStreamEnd? _end;
    private Thread? _thread;
    private Action _changed = static () => { };
    private volatile bool _isOpen;
    private ulong _size;

    /// <summary>Makes an end that connects, from <see cref="Watch"/> on, to a host's socket; again and again if the host goes.</summary>
    public ConsoleStreamPort(string path) => _path = path;

    /// <summary>Makes an end of a host in this process, which it disposes with itself. Nothing then outlives the process.</summary>
    public ConsoleStreamPort(ConsoleStreamHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        (_path, _ownHost) = ("", host);
    }

    /// <inheritdoc/>
    public bool IsConnected => Volatile.Read(ref _end) is not null;

    /// <inheritdoc/>
    public ulong Incarnation => Current.Memory.Incarnation;

    /// <inheritdoc/>
    public bool IsOpen => _isOpen;

    /// <inheritdoc/>
    public TerminalSize? Size => Volatile.Read(ref _size) is var size && size == 0 ? null : TerminalSize.Unpack((uint)size);

    /// <inheritdoc/>
    public ulong OutputEnd => Current.Memory.Output.End;

    /// <inheritdoc/>
    public ulong InputStart => Current.Memory.Input.Start;

    /// <inheritdoc/>
    public int InputLength => Volatile.Read(ref _end)?.Memory.Input.Length ?? 0;

    private ConsoleStreamEnd Current =>
        Volatile.Read(ref _end) ?? throw new InvalidOperationException($"The console stream {_path} is not connected.");

    /// <inheritdoc/>
    public IoResult Write(ulong position, ReadOnlySpan<byte> bytes)
    {
        ConsoleStreamEnd end = Current;
        long ahead = (long)(end.Memory.Output.End - position);
        if (ahead < 0) { throw new InvalidOperationException($"The console stream {_path} has no byte before position {position} yet."); }
        int there = (int)Math.Min(ahead, bytes.Length);
        int put = end.Memory.Output.Write(bytes[there..]);
        if (put > 0) { end.Ring(); }
        return IoResult.Success(there + put);
    }

    /// <inheritdoc/>
    public void Read(ulong position, Span<byte> destination) => Current.Memory.Input.Read(position, destination);

    /// <inheritdoc/>
    public void Consume(ulong position)
    {
        ConsoleStreamEnd end = Current;
        if (end.Memory.Input.Consume(position)) { end.Ring(); }
    }

    /// <inheritdoc/>
    public void Watch(Action changed)
    {
        _changed = changed;
        _thread = new Thread(Run) { IsBackground = true, Name = "console-stream" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Signal();
        _thread?.Join();
        _end?.Dispose();
        _ownHost?.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            if (_end is null && TryConnect() is { } found)
            {
                Observe(found);
                Volatile.Write(ref _end, found);
                _changed();
            }
            if (_end is { } end)
            {
                if (!WaitForChange(end)) { return; }
            }
            else if (Poll.Wait(_stop.Descriptor, PollEvents.Readable, s_retry) is not PollEvents.None)
            {
                return;
            }
        }
    }

    private ConsoleStreamEnd? TryConnect()
    {
        if (_ownHost is not null) { return _ownHost.Connect(); }
        try
        {
            return ConsoleStreamEnd.TryConnect(_path);
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Waits for the other end and passes on what changed; false when the port is to end.</summary>
    private bool WaitForChange(ConsoleStreamEnd end)
    {
        Span<PollEntry> entries =
        [
            new(_stop.Descriptor, PollEvents.Readable),
            new(end.Mine.Descriptor, PollEvents.Readable),
            new(end.Link?.Descriptor ?? end.Mine.Descriptor, end.Link is null ? PollEvents.None : PollEvents.Readable),
        ];
        Poll.Wait(entries, Timeout.InfiniteTimeSpan);
        if (entries[0].Returned is not PollEvents.None) { return false; }
        if (end.Link is not null && entries[2].Returned is not PollEvents.None)
        {
            // A host sends nothing after its greeting: it has gone. Whoever used its memory did so under the lock that
            // the watcher's call takes, so after that call nobody does.
            Volatile.Write(ref _end, null);
            _isOpen = false;
            _changed();
            end.Dispose();
            return true;
        }
        if (end.Mine.TryConsume(out _))
        {
            Observe(end);
            _changed();
        }
        return true;
    }

    private void Observe(ConsoleStreamEnd end)
    {
        _isOpen = end.Memory.IsOpen;
        Volatile.Write(ref _size, end.Memory.Size is { } size ? size.Packed | (1UL << 32) : 0);
    }
}

using Stratos.Fabric.Linux;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>How frontends come to a device: by a listener, or by connecting to them, again and again with growing pauses.</summary>
internal sealed class FrontendDoor : IDisposable
{
    private const long FirstPause = 20_000_000;
    private const long LongestPause = 2_000_000_000;

    private readonly KeeperDevice _device;
    private readonly IKeeperLog _log;
    private readonly Action<UnixStream> _greet;
    private readonly UnixListener? _listener;
    private readonly Watch? _watch;
    private long _pause = FirstPause;
    private bool _isOpen;
    private Errno _lastError;

    public FrontendDoor(KeeperDevice device, WatchTable watches, IKeeperLog log, Action<UnixStream> greet)
    {
        (_device, _log, _greet) = (device, log, greet);
        if (device.Connect)
        {
            NextDeadline = 0;
            return;
        }
        _listener = UnixListener.Bind(device.SocketPath);
        _watch = watches.Add(_listener.Descriptor, PollEvents.None, _ => Accept());
    }

    /// <summary>When to try again; <see cref="long.MaxValue"/> if nothing is to be tried.</summary>
    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>Whether a frontend may come now.</summary>
    public void Open(bool isOpen)
    {
        if (_device.Connect && isOpen && !_isOpen) NextDeadline = Math.Min(NextDeadline, MonotonicClock.Nanoseconds + _pause);
        _isOpen = isOpen;
        if (_device.Connect && !isOpen) NextDeadline = long.MaxValue;
        // After a failure the listener rests until its deadline.
        if (NextDeadline == long.MaxValue) _watch?.Want(isOpen ? PollEvents.Readable : PollEvents.None);
    }

    public void TimePassed(long now, bool isOpen)
    {
        if (NextDeadline > now) return;
        NextDeadline = long.MaxValue;
        if (_device.Connect && isOpen) Connect(now);
        else Open(isOpen);
    }

    public void Dispose()
    {
        _watch?.End();
        _listener?.Dispose();
        NextDeadline = long.MaxValue;
    }

    private void Connect(long now)
    {
        UnixStream? stream = null;
        Errno error;
        try
        {
            error = UnixStream.TryConnect(_device.SocketPath, out stream).Error;
        }
        catch (LinuxException failure)
        {
            error = failure.Error;
        }
        if (stream is not null)
        {
            (_pause, _lastError) = (FirstPause, Errno.None);
            _greet(stream);
            return;
        }
        if (error != _lastError) _log.Write(_device.Name, $"no frontend at {_device.SocketPath} yet ({error}); trying again");
        _lastError = error;
        NextDeadline = now + _pause;
        _pause = Math.Min(2 * _pause, LongestPause);
    }

    private void Accept()
    {
        if (!_isOpen) return;
        try
        {
            if (_listener!.TryAccept(out var stream)) _greet(stream);
        }
        catch (LinuxException failure)
        {
            _log.Write(_device.Name, failure.Message);
            _watch!.Want(PollEvents.None);
            NextDeadline = MonotonicClock.Nanoseconds + LongestPause;
        }
    }
}

using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Channel;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>Connections that are made, again and again, with a growing pause after a failure and after a connection that did not last.</summary>
internal sealed class ConnectingSource(BackendOptions options, WakeUp wake) : IConnectionSource
{
    private TimeSpan _pause = TimeSpan.Zero;
    private TimeSpan _connected;
    private string? _reported;

    /// <inheritdoc/>
    public UnixStream? Next(CancellationToken cancellation)
    {
        // A peer that accepts and hangs up at once is waited for like one that does not listen.
        if (MonotonicTime.Now - _connected > options.LongestPause) _pause = TimeSpan.Zero;
        while (!cancellation.IsCancellationRequested)
        {
            if (!Pause(cancellation)) return null;
            _pause = _pause == TimeSpan.Zero ? options.ShortestPause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, options.LongestPause.Ticks));
            try
            {
                var stream = UnixStream.Connect(options.SocketPath);
                (_connected, _reported) = (MonotonicTime.Now, null);
                return stream;
            }
            catch (LinuxException e)
            {
                if (_reported != e.Message) options.Log($"trying to connect: {e.Message}");
                _reported = e.Message;
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() { }

    private bool Pause(CancellationToken cancellation)
    {
        var until = MonotonicTime.Now + _pause;
        for (var left = _pause; left > TimeSpan.Zero && !cancellation.IsCancellationRequested; left = until - MonotonicTime.Now)
        {
            if (Poll.Wait(wake.Descriptor, PollEvents.Readable, left) != PollEvents.None) wake.Consume();
        }
        return !cancellation.IsCancellationRequested;
    }
}

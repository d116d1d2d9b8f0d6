using Stratos.Fabric.Linux;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>Connections that come in; while one is served, the next waits in the socket's queue.</summary>
internal sealed class ListeningSource(BackendOptions options, WakeUp wake) : IConnectionSource
{
    private readonly UnixListener _listener = UnixListener.Bind(options.SocketPath);

    /// <inheritdoc/>
    public UnixStream? Next(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            if (_listener.TryAccept(out var stream)) return stream;
            Span<PollEntry> entries = [new(_listener.Descriptor, PollEvents.Readable), new(wake.Descriptor, PollEvents.Readable)];
            Poll.Wait(entries, Timeout.InfiniteTimeSpan);
            if (entries[1].Returned != PollEvents.None) wake.Consume();
        }
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}

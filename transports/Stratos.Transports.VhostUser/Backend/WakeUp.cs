using Stratos.Fabric.Linux;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>Wakes the session's thread from any other; late callers find it closed and do nothing.</summary>
internal sealed class WakeUp : IDisposable
{
    private readonly Lock _lock = new();
    private readonly EventFd _event = EventFd.Create();
    private bool _closed;

    /// <summary>What the session's thread polls.</summary>
    internal FileDescriptor Descriptor => _event.Descriptor;

    /// <summary>Wakes the session's thread. Any thread.</summary>
    internal void Signal()
    {
        lock (_lock)
        {
            if (!_closed) _event.Signal();
        }
    }

    /// <summary>Takes what was signalled.</summary>
    internal void Consume() => _event.TryConsume(out _);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _event.Dispose();
        }
    }
}

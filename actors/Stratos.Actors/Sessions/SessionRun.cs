using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Actors.Sessions;

/// <summary>One run of a transport session, on a thread of its own.</summary>
internal sealed class SessionRun : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    /// <param name="session">What runs.</param>
    /// <param name="device">The device that it serves.</param>
    /// <param name="ended">Called on the thread as its last act, with what the session threw.</param>
    public SessionRun(ITransportSession session, IDevicePort device, Action<SessionRun, Exception?> ended) =>
        _thread = new Thread(() => ended(this, Serve(session, device))) { IsBackground = true, Name = $"session {device.Name}" };

    public void Start() => _thread.Start();

    /// <summary>Asks the session to end; the end comes by the callback.</summary>
    public void Cancel() => _stop.Cancel();

    /// <summary>Asks the session to end and waits for it.</summary>
    /// <returns>Whether it ended in time.</returns>
    public bool CancelAndJoin(TimeSpan limit)
    {
        Cancel();
        return _thread.Join(limit);
    }

    /// <summary>Lets go of what waits on the end; of a thread that has not ended yet, it leaves that to the collector.</summary>
    public void Dispose()
    {
        if (!_thread.IsAlive || Thread.CurrentThread == _thread)
            _stop.Dispose();
    }

    private Exception? Serve(ITransportSession session, IDevicePort device)
    {
        try
        {
            session.Serve(device, _stop.Token);
            return null;
        }
        catch (Exception cause)
        {
            return cause;
        }
    }
}

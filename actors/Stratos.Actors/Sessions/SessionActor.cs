using Akka.Actor;
using Stratos.Actors.Devices;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Actors.Sessions;

/// <summary>Runs one device's transport session on a thread of its own and learns of its end.</summary>
internal sealed class SessionActor : UntypedActor, IWithTimers, IDisposable
{
    private readonly ITransportSession _session;
    private readonly IDevicePort _device;
    private readonly TimeSpan _limit;
    private SessionRun? _run;
    private bool _stopping;

    /// <param name="session">The session.</param>
    /// <param name="device">The device that it serves.</param>
    /// <param name="limit">How long the session may take to end.</param>
    public SessionActor(ITransportSession session, IDevicePort device, TimeSpan limit) =>
        (_session, _device, _limit) = (session, device, limit);

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RunSession when _run is null && !_stopping:
                var self = Self;
                _run = new SessionRun(_session, _device, (run, cause) => self.Tell(new SessionThreadEnded(run, cause)));
                _run.Start();
                break;
            case StopSession:
                Stop();
                break;
            case SessionThreadEnded ended when ReferenceEquals(ended.Run, _run):
                Ended(ended.Cause);
                break;
            case SessionOverdue when _run is not null:
                _run = null;
                Tell($"{_session.Name} did not end within {_limit.TotalSeconds:0.#} s");
                break;
            case RunSession or SessionThreadEnded or SessionOverdue:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => _run?.CancelAndJoin(_limit);

    /// <summary>Called by the actor library when this actor, or this incarnation of it, is over.</summary>
    public void Dispose() => _run?.Dispose();

    private void Stop()
    {
        _stopping = true;
        if (_run is null)
        {
            Tell("it was not running");
            return;
        }
        _run.Cancel();
        Timers.StartSingleTimer(nameof(SessionOverdue), new SessionOverdue(), _limit);
    }

    private void Ended(Exception? cause)
    {
        _run!.Dispose();
        _run = null;
        if (!_stopping)
            throw new SessionFaultException(_session.Name, cause);
        Tell(cause is null ? "it was asked to" : $"it was asked to, and failed: {cause.Message}");
    }

    private static void Tell(string cause) => Context.Parent.Tell(new DeviceEvent.SessionEnded(cause));
}

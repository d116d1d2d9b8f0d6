using Akka.Actor;
using Akka.Event;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Membership;

/// <summary>
/// Makes the partition a member of the cluster and keeps it one. The member is an actor system of its own: devices are
/// served before it exists, and go on when it is lost.
/// </summary>
internal sealed class MembershipActor : UntypedActor, IWithTimers
{
    private readonly MembershipParts _parts;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ActorSystem? _system;
    private RestartHistory _restarts = RestartHistory.Clean;
    private bool _leaving;

    /// <param name="parts">What the member is made of.</param>
    public MembershipActor(MembershipParts parts) => _parts = parts;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Self.Tell(Form.Instance);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Form when !_leaving:
                // On a thread of its own: it compiles and connects for some hundred milliseconds.
                Task.Factory.StartNew(() => new Formed(ClusterMember.Form(_parts)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).PipeTo(Self);
                break;
            case Formed formed:
                _system = formed.System;
                var self = Self;
                formed.System.WhenTerminated.ContinueWith(_ => self.Tell(Ended.Instance), TaskScheduler.Default);
                if (_leaving)
                    Leave();
                break;
            case Status.Failure failure:
                Again($"the cluster member could not be made: {failure.Cause.Message}");
                break;
            case Ended:
                _system = null;
                Again("the cluster member has ended");
                break;
            case LeaveCluster:
                _leaving = true;
                if (_system is null)
                    Context.Stop(Self);
                else
                    Leave();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Again(string why)
    {
        if (_leaving)
        {
            Context.Stop(Self);
            return;
        }
        (_restarts, var verdict) = _restarts.Failed(_parts.Settings.Supervision.Session, _parts.Rules.Now);
        var restart = (RestartVerdict.Restart)verdict;
        _log.Warning("{0}; the devices are served all the same; next try in {1} ms", why, restart.After.TotalMilliseconds);
        Timers.StartSingleTimer(nameof(Form), Form.Instance, restart.After);
    }

    private void Leave() =>
        CoordinatedShutdown.Get(_system!).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);

    private sealed record Formed(ActorSystem System);

    private sealed record Form
    {
        public static Form Instance { get; } = new();
    }

    private sealed record Ended
    {
        public static Ended Instance { get; } = new();
    }
}

/// <summary>Asks the membership actor to leave the cluster in order; it stops when that is done.</summary>
internal sealed record LeaveCluster
{
    public static LeaveCluster Instance { get; } = new();
}

using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Stratos.Actors.Membership.Contracts;
using Stratos.Actors.Partitions;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Membership;

/// <summary>
/// A partition's voice among the members: answers whoever asks how it is, announces it to every member that comes up and
/// after each step of supervision, and keeps what the others announce. The only actor that a peer can reach.
/// </summary>
internal sealed class StatusActor : UntypedActor, IWithTimers
{
    /// <summary>Its name below <c>/user</c>, in every partition.</summary>
    public const string Name = "partition";

    /// <summary>Steps of supervision come in bursts; one announcement tells them all.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IActorRef _partition;
    private readonly StatusWriter _writer;
    private readonly PartitionDirectory _directory;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<Address, string> _names = [];

    /// <param name="partition">The partition actor, of the devices' actor system.</param>
    /// <param name="writer">Writes the partition's status.</param>
    /// <param name="directory">Where to keep the others'.</param>
    public StatusActor(IActorRef partition, StatusWriter writer, PartitionDirectory directory) =>
        (_partition, _writer, _directory) = (partition, writer, directory);

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PartitionStatusRequest:
                Write([Sender]);
                break;
            case PartitionStatus status:
                _names[Sender.Path.Address] = status.Name;
                if (_directory.Take(status))
                    _log.Info("hears of partition {0} ({1}) at {2}", status.Name, status.Role, Sender.Path.Address);
                break;
            case ClusterEvent.MemberUp { Member: var member } when member.UniqueAddress != _cluster.SelfUniqueAddress:
                Write([VoiceOf(member)]);
                break;
            case ClusterEvent.MemberRemoved { Member: var member }:
                if (_names.Remove(member.Address, out string? name))
                    _directory.Forget(name);
                break;
            case SupervisionEvent step:
                _writer.Note(step);
                if (!Timers.IsTimerActive(nameof(Announce)))
                    Timers.StartSingleTimer(nameof(Announce), Announce.Instance, Gather);
                break;
            case Announce:
                Write([.. _cluster.State.Members
                    .Where(member => member.Status == MemberStatus.Up && member.UniqueAddress != _cluster.SelfUniqueAddress)
                    .Select(VoiceOf)]);
                break;
            case Written written:
                var next = _writer.Write(written.Report);
                foreach (var reader in written.Readers)
                    reader.Tell(next, Self);
                break;
            case Status.Failure or ClusterEvent.MemberUp:
                // A partition that does not report is ending; there is nothing to say of it any more.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Write(ICanTell[] readers) =>
        _partition.Ask<PartitionReport>(ReportPartition.Instance, AnswerLimit).PipeTo(Self, success: report => new Written(report, readers));

    private ICanTell VoiceOf(Member member) => Context.ActorSelection(new RootActorPath(member.Address) / "user" / Name);

    private sealed record Written(PartitionReport Report, ICanTell[] Readers);

    private sealed record Announce
    {
        public static Announce Instance { get; } = new();
    }
}

using Akka.Actor;
using Akka.Cluster;
using Stratos.Actors.Partitions;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Membership;

/// <summary>The actor system that is a partition's member of the cluster.</summary>
internal static class ClusterMember
{
    /// <summary>Makes the member and begins to join; blocks for as long as compiling and listening take.</summary>
    public static ActorSystem Form(MembershipParts parts)
    {
        var system = ActorSystem.Create(MemberConfiguration.SystemName, MemberConfiguration.Of(parts.Settings));
        system.ActorOf(ActorOf<LogActor>.By(() => new LogActor(parts.Settings.Name, parts.Log)), "log");
        var writer = new StatusWriter(parts.Settings, parts.Instance);
        var voice = system.ActorOf(ActorOf<StatusActor>.By(() => new StatusActor(parts.Partition, writer, parts.Directory)), StatusActor.Name);
        parts.DeviceSystem.EventStream.Subscribe(voice, typeof(SupervisionEvent));
        var cluster = Cluster.Get(system);
        cluster.RegisterOnMemberUp(() => parts.Up.TrySetResult(cluster.SelfAddress));
        if (parts.Settings.Cluster.Seeds.IsEmpty)
            cluster.Join(cluster.SelfAddress);
        return system;
    }
}

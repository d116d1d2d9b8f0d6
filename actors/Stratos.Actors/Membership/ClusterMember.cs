using Akka.Actor;
using Akka.Cluster;
using Stratos.Actors.Partitions;
using Stratos.Actors.Settings;
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

/// <summary>What a member is made of.</summary>
/// <param name="Settings">The partition.</param>
/// <param name="Rules">Whose clock counts.</param>
/// <param name="Instance">This start of the process.</param>
/// <param name="DeviceSystem">The actor system of the devices.</param>
/// <param name="Partition">The partition actor in it.</param>
/// <param name="Directory">Where to keep what the others announce.</param>
/// <param name="Up">Told the member's address when it is up for the first time.</param>
/// <param name="Log">Where to log.</param>
internal sealed record MembershipParts(
    FabricSettings Settings, PartitionRules Rules, ulong Instance, ActorSystem DeviceSystem, IActorRef Partition,
    PartitionDirectory Directory, TaskCompletionSource<Address> Up, TextWriter Log);

using Akka.Actor;
using Stratos.Actors.Partitions;
using Stratos.Actors.Settings;

namespace Stratos.Actors.Membership;

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

using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Google.Protobuf;
using Stratos.Actors.Membership.Serialization;
using Stratos.Actors.Settings;

namespace Stratos.Actors.Membership;

/// <summary>The configuration of the actor system that is a partition's cluster member.</summary>
internal static class MemberConfiguration
{
    /// <summary>The name of the cluster: members of another one are not spoken to.</summary>
    public const string SystemName = "stratos";

    /// <summary>Makes the actor system's settings of a partition's.</summary>
    public static ActorSystemSetup Of(FabricSettings settings)
    {
        var config = ConfigurationFactory.ParseString(Text(settings)).WithFallback(ConfigurationFactory.ParseString(settings.Text));
        var bootstrap = BootstrapSetup.Create().WithConfig(config);
        return settings.Cluster.Security is TransportSecurity.MutualTls tls
            ? bootstrap.And(MutualTlsSetup.Of(tls))
            : ActorSystemSetup.Create(bootstrap);
    }

    /// <summary>The name of a role, as members and messages carry it.</summary>
    public static string Name(PartitionRole role) => role switch
    {
        PartitionRole.SafetyIsland => "safety-island",
        PartitionRole.StubVm => "stub-vm",
        _ => "primary-vm",
    };

    private static string Text(FabricSettings settings)
    {
        var cluster = settings.Cluster;
        bool secure = cluster.Security is TransportSecurity.MutualTls;
        string scheme = secure ? "akka.ssl.tcp" : "akka.tcp";
        string seeds = string.Join(", ", cluster.Seeds.Select(seed => $"\"{scheme}://{SystemName}@{seed}\""));
        return $$"""
            akka {
              loggers = []
              stdout-loglevel = OFF
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              actor {
                provider = cluster
                serializers {
                  json = "{{Type<RefusingJson>()}}"
                  proto = "{{Type<RefusingProtobuf>()}}"
                  daemon-create = "{{Type<RefusingDaemonCreate>()}}"
                  contracts = "{{Type<ContractSerializer>()}}"
                }
                serialization-bindings {
                  "{{Type<IMessage>()}}" = contracts
                }
              }
              remote.dot-netty.tcp {
                hostname = "{{cluster.Host}}"
                port = {{cluster.Port.ToString(CultureInfo.InvariantCulture)}}
                enable-ssl = {{(secure ? "true" : "false")}}
              }
              cluster {
                roles = ["{{Name(settings.Role)}}"]
                seed-nodes = [{{seeds}}]
                # Nobody downs a member on a suspicion: one authority decides, and it observes for itself.
                downing-provider-class = "Akka.Cluster.NoDowning, Akka.Cluster"
                failure-detector {
                  heartbeat-interval = {{Milliseconds(cluster.HeartbeatInterval)}}
                  acceptable-heartbeat-pause = {{Milliseconds(cluster.AcceptablePause)}}
                }
              }
            }
            """;
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + "ms";

    private static string Type<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Stratos.Cli.Processes;
using Stratos.Testing;

namespace Stratos.Cli.Tests;

/// <summary>Partition processes of the program become members of one cluster over mutual TLS.</summary>
public sealed class MembershipTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void PartitionsOfOneAuthorityHearOfEachOther()
    {
        using var folder = new RunFolder();
        using var authority = new TestAuthority("fabric");
        string seed = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort()}");
        var heard = new ConcurrentQueue<string>();
        using ManagedProcess island = Start(folder, authority, "island", seed, seed, heard);
        using ManagedProcess stub = Start(folder, authority, "stub", "127.0.0.1:0", seed, heard);
        Await(heard, "island: hears of partition stub (stub-vm) at akka.ssl.tcp://");
        Await(heard, "stub: hears of partition island (stub-vm) at akka.ssl.tcp://");
        Await(heard, $"member of the cluster as akka.ssl.tcp://stratos@{seed}");
    }

    private static ManagedProcess Start(RunFolder folder, TestAuthority authority, string name, string address, string seed, ConcurrentQueue<string> heard)
    {
        (string certificate, string key, string signer) = authority.Issue(name);
        string settings = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "akka.hocon"))
            .Replace("mode = none", $"mode = mutual-tls\ncertificate = \"{certificate}\"\nkey = \"{key}\"\nauthority = \"{signer}\"", StringComparison.Ordinal)
            .Replace("loglevel = WARNING", "loglevel = INFO", StringComparison.Ordinal);
        string file = folder.In($"{name}.hocon");
        File.WriteAllText(file, settings);
        string[] host = address.Split(':');
        var environment = new Dictionary<string, string>
        {
            ["STRATOS_PARTITION_NAME"] = name,
            ["STRATOS_PARTITION_ROLE"] = "stub-vm",
            ["STRATOS_CLUSTER_HOST"] = host[0],
            ["STRATOS_CLUSTER_PORT"] = host[1],
            ["STRATOS_CLUSTER_SEEDS"] = seed,
        };
        return ManagedProcess.Start(
            name,
            ProgramFile.Stratos,
            ["partition", "--keeper", folder.In("none.sock"), "--device", "entropy:rng0", "--settings", file, "--until-input-closes"],
            environment,
            heard.Enqueue);
    }

    private static void Await(ConcurrentQueue<string> heard, string part)
    {
        try
        {
            WaitFor.Condition(() => heard.Any(line => line.Contains(part, StringComparison.Ordinal)), $"'{part}'", Limit);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{string.Join('\n', heard)}", late);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

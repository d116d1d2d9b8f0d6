using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Stratos.Cli.Processes;

/// <summary>Names and addresses by which partitions on one machine become members of one cluster.</summary>
public sealed class LocalMembership
{
    private const string Host = "127.0.0.1";
    private readonly Dictionary<string, int> _ports;

    /// <summary>Picks a free port for each partition.</summary>
    public LocalMembership(params IReadOnlyList<string> partitions)
    {
        // All are bound at the same time, so that they differ.
        TcpListener[] probes = [.. partitions.Select(static _ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener probe in probes) { probe.Start(); }
        _ports = partitions.Zip(probes).ToDictionary(static pair => pair.First, static pair => ((IPEndPoint)pair.Second.LocalEndpoint).Port);
        foreach (TcpListener probe in probes) { probe.Dispose(); }
    }

    /// <summary>The environment that makes a process the named partition.</summary>
    public IReadOnlyDictionary<string, string> Of(string partition) => new Dictionary<string, string>
    {
        ["STRATOS_PARTITION_NAME"] = partition,
        ["STRATOS_CLUSTER_HOST"] = Host,
        ["STRATOS_CLUSTER_PORT"] = _ports[partition].ToString(CultureInfo.InvariantCulture),
        ["STRATOS_CLUSTER_SEEDS"] = string.Join(',', _ports.Values.Select(static port => string.Create(CultureInfo.InvariantCulture, $"{Host}:{port}"))),
    };
}

using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Stratos.Actors.Devices;
using Stratos.Actors.Partitions;
using Stratos.Actors.Settings;
using Stratos.Actors.Tests.Testing;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Testing;
using Phase = Stratos.Actors.Membership.Contracts.DevicePhase;

namespace Stratos.Actors.Tests.Membership;

/// <summary>Partitions that are members of one cluster, over the loopback.</summary>
public sealed class ClusterTests
{
    /// <summary>Members compile their transport and join by gossip; on a busy machine that takes its time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TransportSecurity Open = new TransportSecurity.None();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Partitions_know_of_each_other_what_each_serves_and_what_befell_it()
    {
        var session = new ScriptedSession();
        await using var primary = await StartAsync("primary", PartitionRole.PrimaryVm, Open, seeds: []);
        string seed = await AddressAsync(primary);
        await using var stub = await StartAsync("stub", PartitionRole.StubVm, Open, [seed], session);
        await JoinedAsync(stub);

        WaitFor.Condition(() => primary.Others.ContainsKey("stub") && stub.Others.ContainsKey("primary"), "each to hear of the other", Patience);
        var heard = primary.Others["stub"];
        Assert.Equal("stub-vm", heard.Role);
        Assert.Equal("dev0", Assert.Single(heard.Devices).Name);
        Assert.Equal(Phase.Idle, heard.Devices[0].Phase);
        Assert.Equal("primary-vm", stub.Others["primary"].Role);

        session.Fail("the socket broke");
        WaitFor.Condition(() => primary.Others["stub"].Supervision.Count > 0, "the step of supervision to be announced", Patience);
        Assert.Equal("SessionRestarting", primary.Others["stub"].Supervision[0].Step);
        Assert.Contains("the socket broke", primary.Others["stub"].Supervision[0].Cause, StringComparison.Ordinal);

        await stub.DisposeAsync();
        WaitFor.Condition(() => !primary.Others.ContainsKey("stub"), "the one that left to be forgotten", Patience);
    }

    [Fact]
    public async Task Devices_are_served_though_no_seed_answers()
    {
        var session = new ScriptedSession();
        await using var partition = await StartAsync("lonely", PartitionRole.StubVm, Open, ["127.0.0.1:1"], session);
        Assert.Equal("dev0", (await session.Perform(new DeviceOperation.Describe())).Name);
        Assert.False(partition.Joined.IsCompleted);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_tried_again_while_devices_are_served()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var session = new ScriptedSession();
        var settings = Settings("second", PartitionRole.StubVm, Open, []);
        settings = settings with { Cluster = settings.Cluster with { Port = port } };
        using var log = new FirstLine();
        await using var partition = await PartitionHost.StartAsync(settings, [Binding(session)], log);
        Assert.Equal("dev0", (await session.Perform(new DeviceOperation.Describe())).Name);
        string line = await log.Written.WaitAsync(Patience, Cancel);
        Assert.Contains("the devices are served all the same", line, StringComparison.Ordinal);
        taken.Stop();
        Assert.EndsWith($":{port}", await JoinedAsync(partition), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_of_one_authority_speak_over_mutual_tls()
    {
        using var authority = new TestAuthority("fabric");
        await using var primary = await StartAsync("primary", PartitionRole.PrimaryVm, Issue(authority, "primary"), seeds: []);
        string seed = await AddressAsync(primary);
        Assert.StartsWith("akka.ssl.tcp://", await JoinedAsync(primary), StringComparison.Ordinal);
        await using var stub = await StartAsync("stub", PartitionRole.StubVm, Issue(authority, "stub"), [seed]);
        await JoinedAsync(stub);
        WaitFor.Condition(() => primary.Others.ContainsKey("stub"), "the secured status", Patience);
    }

    [Fact]
    public async Task A_stranger_is_not_admitted_whichever_way_it_comes()
    {
        using var authority = new TestAuthority("fabric");
        using var other = new TestAuthority("fabric");
        await using var primary = await StartAsync("primary", PartitionRole.PrimaryVm, Issue(authority, "primary"), seeds: []);
        string seed = await AddressAsync(primary);
        // One of an authority of the same name, one that trusts ours and shows another's certificate, one without any.
        var own = Issue(other, "stranger");
        await using var forged = await StartAsync("forged", PartitionRole.StubVm, own, [seed]);
        await using var mixed = await StartAsync("mixed", PartitionRole.StubVm, own with { Authority = Issue(authority, "stub").Authority }, [seed]);
        await using var plain = await StartAsync("plain", PartitionRole.StubVm, Open, [seed]);
        // One of ours that comes after them is admitted: by then each of them had its time.
        await using var stub = await StartAsync("stub", PartitionRole.StubVm, Issue(authority, "stub"), [seed]);
        await JoinedAsync(stub);
        WaitFor.Condition(() => primary.Others.ContainsKey("stub"), "the member of ours", Patience);
        Assert.False(forged.Joined.IsCompleted || mixed.Joined.IsCompleted || plain.Joined.IsCompleted);
        Assert.Equal(["stub"], primary.Others.Keys);
    }

    [Fact]
    public async Task Certificates_that_cannot_be_used_are_told_at_the_start()
    {
        using var authority = new TestAuthority("fabric");
        var tls = Issue(authority, "primary");
        await File.WriteAllTextAsync(tls.Key, "no key", Cancel);
        var fault = await Assert.ThrowsAsync<FabricSettingsException>(() => StartAsync("primary", PartitionRole.PrimaryVm, tls, seeds: []));
        Assert.Contains("stratos.cluster.security", fault.Message, StringComparison.Ordinal);
    }

    private static Task<PartitionHost> StartAsync(
        string name, PartitionRole role, TransportSecurity security, string[] seeds, ScriptedSession? session = null) =>
        PartitionHost.StartAsync(Settings(name, role, security, seeds), session is null ? [] : [Binding(session)], TextWriter.Null);

    private static TransportSecurity.MutualTls Issue(TestAuthority authority, string name)
    {
        (string certificate, string key, string signer) = authority.Issue(name);
        return new(certificate, key, signer);
    }

    private static DeviceBinding Binding(ScriptedSession session) => new("dev0", static () => new PlainDevice(), session, new PumpOptions());

    private static FabricSettings Settings(string name, PartitionRole role, TransportSecurity security, string[] seeds) => TestSettings.Alone with
    {
        Name = name,
        Role = role,
        Cluster = TestSettings.Alone.Cluster with { Enabled = true, Seeds = [.. seeds], Security = security, LeaveLimit = TimeSpan.FromSeconds(5) },
    };

    private static Task<string> JoinedAsync(PartitionHost partition) => partition.Joined.WaitAsync(Patience, Cancel);

    private static async Task<string> AddressAsync(PartitionHost partition)
    {
        var address = Address.Parse(await JoinedAsync(partition));
        return $"{address.Host}:{address.Port}";
    }

    /// <summary>A log that says when its first line came.</summary>
    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Written => _written.Task;

        public override void WriteLine(string? value) => _written.TrySetResult(value ?? "");
    }
}

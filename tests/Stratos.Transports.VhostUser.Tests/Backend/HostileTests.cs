using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Protocol.Messages;
using static Stratos.Transports.VhostUser.Tests.Backend.RawFrontend;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>Each thing that a frontend may not do, done once: refused with a reason, nothing else disturbed.</summary>
public sealed class HostileTests
{
    public static TheoryData<string, string> Attacks { get; } = new(HostileMessages.All.Select(attack => (attack.Name, attack.Reason)));

    [Theory]
    [MemberData(nameof(Attacks))]
    public void It_is_refused_with_a_reason_and_the_next_frontend_is_served(string name, string reason)
    {
        var attack = HostileMessages.All.Single(attack => attack.Name == name);
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using (var frontend = bench.Connect())
        {
            using var memory = frontend.Open();
            attack.Do(frontend);
            frontend.ExpectEnd();
        }
        Assert.Contains(reason, bench.Lines.First(line => line.Contains("ended")), StringComparison.Ordinal);
        using var next = bench.Connect();
        using var other = next.Open();
        using var bells = next.SetRing(0);
        next.Enable(0);
        Assert.Single(device.Running);
    }

    [Fact]
    public void Another_session_is_not_disturbed()
    {
        var ledger = new EchoDevice.Ledger();
        using var port = new LocalDevicePort("echo0", () => new EchoDevice(ledger));
        using var good = new BackendBench(port);
        using var bad = new BackendBench(new FakeDevice());
        using var frontend = new RunningFrontend(good, VirtioFeatures.Version1);
        foreach (var attack in HostileMessages.All)
        {
            using var attacker = bad.Connect();
            using var memory = attacker.Open();
            attack.Do(attacker);
            frontend.Exchange();
        }
        Assert.DoesNotContain(good.Lines, line => line.Contains("ended"));
    }

    [Fact]
    public void A_frontend_that_goes_on_being_refused_is_disconnected()
    {
        using var bench = new BackendBench(new FakeDevice());
        using var frontend = bench.Connect();
        for (var i = 0; i < 16; i++) Assert.Equal(1ul, frontend.Ack(FrontendRequest.SetFeatures, Bytes(1UL << 33)));
        frontend.Send(FrontendRequest.SetFeatures, Bytes(1UL << 33), needReply: true);
        frontend.ExpectEnd();
    }

    [Fact]
    public void Random_messages_are_survived()
    {
        var seed = Environment.TickCount;
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        try
        {
            for (var i = 0; i < CampaignSize.Of(300, 20_000); i++) new RandomMessages(seed + i).Play(bench);
            using var next = bench.Connect();
            using var memory = next.Open();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Failed from seed {seed} on.", e);
        }
    }
}

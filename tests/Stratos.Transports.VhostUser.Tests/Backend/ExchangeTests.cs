using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;
using static Stratos.Transports.VhostUser.Tests.Backend.RawFrontend;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>Requests through real pumps, while the frontend changes everything around them that it may change.</summary>
public sealed class ExchangeTests : IDisposable
{
    private const ulong Split = VirtioFeatures.Version1 | VirtioFeatures.IndirectDescriptors;
    private const ulong Packed = Split | VirtioFeatures.RingPacked;
    private readonly EchoDevice.Ledger _ledger = new();
    private readonly LocalDevicePort _port;
    private readonly BackendBench _bench;

    public ExchangeTests()
    {
        _port = new LocalDevicePort("echo0", () => new EchoDevice(_ledger, queues: 2));
        _bench = new BackendBench(_port);
    }

    public static TheoryData<ulong> RingKinds =>
    [
        Split, Split | VirtioFeatures.EventIndex, Split | VirtioFeatures.InOrder,
        Packed, Packed | VirtioFeatures.EventIndex, Packed | VirtioFeatures.InOrder,
    ];

    [Theory]
    [MemberData(nameof(RingKinds))]
    public void Numbers_are_answered_on_every_kind_of_ring(ulong features)
    {
        using var frontend = _bench.Connect(new() { Features = features, RequiredFeatures = features, MemoryRegions = 3, MemoryBySlots = true });
        var clients = Clients(frontend, depth: 16);
        frontend.Start();
        foreach (var client in clients) client.Exchange(500);
        frontend.Stop();
        Assert.All(_ledger.Runs.Values, runs => Assert.Equal(2, runs));
    }

    [Theory]
    [MemberData(nameof(RingKinds))]
    public void Requests_that_a_device_gives_back_are_answered_in_the_next_session(ulong features)
    {
        using var frontend = _bench.Connect(new() { Features = features, RequiredFeatures = features });
        var client = Clients(frontend, depth: 8, queues: 1)[0];
        frontend.Start();
        client.Exchange(100);
        _ledger.Holds = true;
        client.Fill();
        var held = client.InFlight;
        WaitFor.Condition(() => client.Take() == 0 && _port.Counters(0).Fetched >= 108, "the device to hold all requests");
        _ledger.Holds = false;
        frontend.Reconnect();
        while (client.InFlight > 0) client.AwaitOne();
        client.Exchange(100);
        Assert.Equal(8, held);
        Assert.All(_ledger.Runs.Values, runs => Assert.Equal(1, runs));
    }

    [Theory]
    [MemberData(nameof(RingKinds))]
    public void Requests_that_a_device_gives_back_are_answered_after_the_ring_was_stopped_and_started(ulong features)
    {
        using var frontend = new RunningFrontend(_bench, features);
        frontend.Client.Exchange(40);
        for (var i = 0; i < 5; i++)
        {
            _ledger.Holds = true;
            frontend.Client.Fill();
            WaitFor.Condition(() => _port.Counters(0).Fetched >= 16 || frontend.Client.Take() > 0, "the device to hold the requests");
            frontend.StopAndStart();
            _ledger.Holds = false;
            frontend.StopAndStart();
            frontend.Client.Exchange(20);
        }
        Assert.All(_ledger.Runs.Values, runs => Assert.Equal(1, runs));
    }

    [Theory]
    [MemberData(nameof(RingKinds))]
    public void Nothing_is_lost_while_the_frontend_turns_everything_that_it_may(ulong features)
    {
        using var frontend = new RunningFrontend(_bench, features);
        using var extra = MemoryFile.Create("hotplug", 0x8000);
        var region = new SingleMemoryRegion(new(0x1_0000_0000, 0x8000, 0x6000_0000_0000, 0));
        for (var i = 0; i < CampaignSize.Of(10, 200); i++)
        {
            frontend.Exchange();
            frontend.Raw.Tell(FrontendRequest.AddMemReg, Bytes(region), extra.Descriptor);
            frontend.Exchange();
            frontend.Raw.Tell(FrontendRequest.SetVringCall, Bytes(VringDescriptor.For(0, true)), frontend.Bells.Call.Descriptor);
            frontend.Exchange();
            frontend.Raw.Enable(0, on: false);
            frontend.Client.Fill();
            frontend.Raw.Enable(0);
            frontend.Exchange();
            frontend.Raw.Tell(FrontendRequest.SetFeatures, Bytes(features | VhostFeatures.All));
            frontend.Exchange();
            frontend.Raw.Tell(FrontendRequest.SetFeatures, Bytes(features | VhostFeatures.ProtocolFeatures));
            frontend.Raw.Tell(FrontendRequest.RemMemReg, Bytes(region));
            frontend.StopAndStart();
        }
        frontend.Client.Exchange(20);
        Assert.All(_ledger.Runs.Values, runs => Assert.Equal(1, runs));
        Assert.Equal(frontend.Client.Sent, (ulong)_ledger.Runs.Count);
    }

    [Fact]
    public void Pages_that_the_device_wrote_are_marked()
    {
        using var frontend = _bench.Connect(new() { Features = Split });
        var client = Clients(frontend, depth: 4, queues: 1)[0];
        frontend.Start();
        using var log = new DirtyLog(frontend.Memory.Heaps[0].GuestAddress + frontend.Memory.Heaps[0].Length);
        client.Exchange(10);
        frontend.StartLog(log);
        log.Clear();
        client.Exchange(10);
        Assert.True(log.IsDirty(frontend.Queues[0].Ring.Addresses.Device));
        Assert.InRange(log.Clear(), 1, 8);
        frontend.StopLog();
        log.Clear();
        client.Exchange(10);
        Assert.Equal(0, log.Clear());
    }

    [Fact]
    public void A_change_of_configuration_is_told()
    {
        using var frontend = _bench.Connect(new() { Features = Split });
        Clients(frontend, depth: 1, queues: 1);
        frontend.Start();
        var seen = frontend.ConfigChanges;
        frontend.WriteConfig(0, [1, 2, 3, 4]);
        _ledger.NotifyConfigChanged();
        Assert.True(frontend.WaitForConfigChange(seen, TimeSpan.FromSeconds(10)));
        var config = new byte[8];
        frontend.ReadConfig(0, config);
        Assert.Equal([1, 2, 3, 4, 0, 0, 0, 0], config);
    }

    [Fact]
    public void A_reset_brings_the_device_back_to_its_beginning()
    {
        using var frontend = _bench.Connect(new() { Features = Packed });
        var client = Clients(frontend, depth: 4, queues: 1)[0];
        frontend.Start();
        client.Exchange(10);
        frontend.Reset();
        frontend.Start();
        client.Exchange(10);
    }

    public void Dispose()
    {
        _bench.Dispose();
        _port.Dispose();
    }

    private static EchoClient[] Clients(VhostUserFrontend frontend, int depth, int queues = 2) =>
    [
        .. Enumerable.Range(0, queues).Select(index =>
        {
            var queue = frontend.AddQueue(index, 64);
            return new EchoClient(queue.Ring, frontend.Memory.Heaps[^1], depth, queue.ForceKick);
        }),
    ];
}

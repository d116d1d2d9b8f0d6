using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Backend;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;
using static Stratos.Transports.VhostUser.Tests.Backend.RawFrontend;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>A worker does what its keeper says, and touches nothing before it is granted.</summary>
public sealed class KeeperWorkerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vk-").FullName;
    private readonly UnixListener _listener;
    private readonly FakeDevice _device = new();
    private readonly BackendBench _bench;
    private readonly MemoryFile _page = MemoryFile.Create("epoch", EpochPage.Length);
    private readonly MemoryFile _state = MemoryFile.Create("state", 8);

    public KeeperWorkerTests()
    {
        var path = Path.Combine(_directory, "k");
        _listener = UnixListener.Bind(path);
        _bench = new BackendBench(_device, options => options with { SocketPath = path, Mode = BackendMode.Keeper, Role = KeeperRole.Standby });
        SetEpoch(1);
    }

    [Fact]
    public void The_hello_says_who_the_worker_is()
    {
        using var keeper = new RawFrontend(_listener.Accept());
        Assert.Null(KeeperHello.Read(keeper.ExpectRequest((uint)KeeperRequest.Hello), out var hello));
        Assert.Equal(("fake0", 4u, 2u, 256u, 8u), (hello!.Name, hello.DeviceId, hello.Queues, hello.MaxQueueSize, hello.StateLength));
        Assert.Equal((KeeperRole.Standby, VirtioFeatures.Rings, 1u), (hello.Role, hello.Features, hello.LinkVersion));
        Assert.Equal(_device.Config, hello.Config.ToArray());
    }

    [Fact]
    public void A_refused_worker_says_why_and_tries_again()
    {
        using (var keeper = new RawFrontend(_listener.Accept()))
        {
            keeper.ExpectRequest((uint)KeeperRequest.Hello);
            keeper.Answer((uint)KeeperRequest.Hello, (ulong)KeeperRefusal.UnknownDevice);
        }
        Greet().Dispose();
        Assert.Contains(_bench.Lines, line => line.Contains("refused device fake0: it keeps no device of that name"));
    }

    [Fact]
    public void Rings_start_with_the_grant_on_the_keepers_journal_and_state()
    {
        using var keeper = Greet();
        Attach(keeper);
        using var memory = Replay(keeper);
        Assert.Empty(_device.Running);
        Assert.Equal(0, _device.Count<DeviceOperation.Attach>());
        keeper.Tell(FrontendRequest.SetConfig, [.. Bytes(new ConfigHeader(0, 1, 0)), 99]);
        keeper.Tell(FrontendRequest.ResetDevice);
        Assert.Equal(0, _device.Count<DeviceOperation.Reset>() + _device.Count<DeviceOperation.WriteConfig>());
        using var bells = keeper.SetRing(0);
        keeper.Enable(0);
        Grant(keeper, 1);
        var setup = Assert.Single(_device.Running).Value;
        Assert.True(setup.KeepsJournal);
        Assert.Equal(1ul, setup.Epoch.Epoch);
        Assert.Equal(8, _device.State!.Bytes.Length);
        SetEpoch(2);
        Assert.False(setup.Epoch.IsCurrent);
    }

    [Fact]
    public void A_grant_of_another_epoch_or_a_second_one_is_refused()
    {
        using var keeper = Greet();
        Assert.Equal(1ul, keeper.Ack((FrontendRequest)KeeperRequest.Grant, Bytes(1ul)));
        Attach(keeper);
        Assert.Equal(1ul, keeper.Ack((FrontendRequest)KeeperRequest.Grant, Bytes(2ul)));
        Grant(keeper, 1);
        Assert.Equal(1ul, keeper.Ack((FrontendRequest)KeeperRequest.Grant, Bytes(1ul)));
    }

    [Fact]
    public void The_end_resets_the_device_and_another_session_may_begin()
    {
        using var keeper = Greet();
        Attach(keeper);
        for (var round = 1; round <= 3; round++)
        {
            using var memory = Replay(keeper);
            using var bells = keeper.SetRing(0);
            keeper.Enable(0);
            Grant(keeper, 1);
            Assert.Single(_device.Running);
            keeper.Tell((FrontendRequest)KeeperRequest.End);
            Assert.Empty(_device.Running);
            Assert.Equal(round, _device.Count<DeviceOperation.Reset>());
        }
    }

    [Fact]
    public void A_worker_that_stops_leaves_in_order_without_a_reset()
    {
        using var keeper = Greet();
        Attach(keeper);
        using var memory = Replay(keeper);
        using var bells = keeper.SetRing(0);
        keeper.Enable(0);
        Grant(keeper, 1);
        _bench.Stop();
        keeper.ExpectRequest((uint)KeeperRequest.Leave);
        Assert.Single(_device.Running);
        keeper.Ask(FrontendRequest.GetVringBase, Bytes(new VringState(0, 0)));
        keeper.Tell((FrontendRequest)KeeperRequest.End);
        keeper.Dispose();
        _bench.Dispose();
        Assert.Empty(_device.Running);
        Assert.Equal(0, _device.Count<DeviceOperation.Reset>());
    }

    [Fact]
    public void A_worker_that_loses_its_keeper_stops_its_rings_and_connects_again()
    {
        using (var keeper = Greet())
        {
            Attach(keeper);
            using var memory = Replay(keeper);
            using var bells = keeper.SetRing(0);
            keeper.Enable(0);
            Grant(keeper, 1);
        }
        using var next = Greet();
        Attach(next);
        WaitFor.Condition(() => _device.Running.Count == 0, "the rings to be stopped");
        Grant(next, 1);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _bench.Dispose();
        _page.Dispose();
        _state.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private RawFrontend Greet()
    {
        var keeper = new RawFrontend(_listener.Accept());
        keeper.ExpectRequest((uint)KeeperRequest.Hello);
        keeper.Answer((uint)KeeperRequest.Hello, 0);
        return keeper;
    }

    private void Attach(RawFrontend keeper) =>
        keeper.Tell((FrontendRequest)KeeperRequest.Attach, Bytes(8ul), _page.Descriptor, _state.Descriptor);

    private static void Grant(RawFrontend keeper, ulong epoch) => keeper.Tell((FrontendRequest)KeeperRequest.Grant, Bytes(epoch));

    /// <summary>Shares memory and a journal with a frontend in mind that negotiated nothing but the least.</summary>
    private static MemoryFile Replay(RawFrontend keeper)
    {
        var memory = keeper.Open(protocol: ProtocolFeatures.None);
        var length = JournalFile.RequiredLength(2, 256, packed: false);
        using var journal = MemoryFile.Create("journal", length);
        keeper.Tell(FrontendRequest.SetInflightFd, Bytes(new InflightDescription(length, 0, 2, 256)), journal.Descriptor);
        return memory;
    }

    private void SetEpoch(ulong epoch)
    {
        using var mapping = _page.Map(MemoryAccess.ReadWrite);
        MemoryMarshal.Write(mapping.GetSpan(0, sizeof(ulong)), in epoch);
    }
}

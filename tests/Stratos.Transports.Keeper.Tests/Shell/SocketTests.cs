using Stratos.Fabric.Linux;
using Stratos.Testing;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.Keeper.Shell;
using Stratos.Transports.Keeper.Tests.Simulation;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>Real sockets and descriptors: who may come, what is refused, and that nothing stays open.</summary>
[Collection(nameof(ShellCollection))]
public class SocketTests
{
    private static readonly FrontendRequest[] s_withDescriptor =
        [FrontendRequest.SetLogFd, FrontendRequest.SetVringKick, FrontendRequest.SetVringCall, FrontendRequest.AddMemReg, FrontendRequest.SetFeatures];

    [Fact]
    public void Frontends_and_strangers_leave_no_descriptor_behind()
    {
        using var keeper = new RunningKeeper();
        keeper.StartWorker("owner", "entropy");
        using var memory = MemoryFile.Create("test", 4096);
        Exchange(keeper, memory.Descriptor, 0);
        var before = OpenDescriptors();
        for (var i = 0; i < CampaignSize.Of(ci: 300, full: 10_000); i++) Exchange(keeper, memory.Descriptor, i);
        WaitFor.Condition(() => OpenDescriptors() <= before, $"{before} open descriptors");
        Assert.Equal(1, keeper.Log.Count(KeeperEvent.WorkerJoined));
        Assert.Equal(0, keeper.Log.Count(KeeperEvent.WorkerLost));
    }

    [Fact]
    public void A_second_frontend_waits_until_the_first_has_gone()
    {
        using var keeper = new RunningKeeper();
        keeper.StartWorker("owner", "entropy");
        var first = new Peer(keeper.Socket);
        Assert.NotEqual(0UL, first.AskNumber(FrontendRequest.GetFeatures, []));
        using var second = new Peer(keeper.Socket);
        second.Send(MessageHeader.ForRequest((uint)FrontendRequest.GetFeatures, 0), []);
        Assert.NotEqual(0UL, first.AskNumber(FrontendRequest.GetFeatures, []));
        Assert.Equal(1, keeper.Log.Count(KeeperEvent.FrontendConnected));
        first.Dispose();
        second.Receive();
    }

    [Fact]
    public void A_frontend_that_goes_while_its_request_is_held_is_noticed()
    {
        using var keeper = new RunningKeeper();
        var frontend = new Peer(keeper.Socket);
        frontend.Send(MessageHeader.ForRequest((uint)FrontendRequest.GetFeatures, 0), []);
        keeper.Log.Await(KeeperEvent.RequestHeld);
        frontend.Dispose();
        keeper.Log.Await(KeeperEvent.FrontendLeft);
    }

    [Fact]
    public void A_keeper_that_connects_tries_until_a_frontend_listens_and_again_when_it_has_gone()
    {
        var folder = Directory.CreateTempSubdirectory("keeper-").FullName;
        var path = Path.Combine(folder, "frontend.sock");
        using var keeper = new RunningKeeper(null, new KeeperDevice("disk", path, Connect: true));
        keeper.StartWorker("owner", "entropy");
        keeper.Log.AwaitLine("no frontend at");
        for (var i = 1; i <= 3; i++)
        {
            using var listener = UnixListener.Bind(path);
            using var stream = listener.Accept();
            keeper.Log.Await(KeeperEvent.FrontendConnected, i);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("unknown device")]
    [InlineData("no hello")]
    [InlineData("broken hello")]
    [InlineData("half a hello")]
    public void Strangers_on_the_control_socket_are_turned_away(string how)
    {
        using var keeper = new RunningKeeper();
        using var stranger = new Peer(keeper.Control);
        switch (how)
        {
            case "unknown device":
                stranger.Send(MessageHeader.ForRequest((uint)KeeperRequest.Hello, KeeperHello.Length, needReply: true), Hello("other"));
                stranger.Receive();
                Assert.Equal((ulong)KeeperRefusal.UnknownDevice, BitConverter.ToUInt64(stranger.Answer));
                stranger.Next();
                break;
            case "no hello":
                stranger.Send(MessageHeader.ForRequest((uint)FrontendRequest.GetFeatures, 0), []);
                break;
            case "broken hello":
                stranger.Send(MessageHeader.ForRequest((uint)KeeperRequest.Hello, 8), new byte[8]);
                break;
            default:
                stranger.SendBytes([1, 2, 3]);
                stranger.Dispose();
                keeper.Log.AwaitLine("is turned away");
                return;
        }
        stranger.AwaitEnd();
        keeper.Log.AwaitLine("is turned away");
    }

    [Fact]
    public void A_worker_in_the_keepers_own_process_is_never_killed_and_so_never_replaced()
    {
        using var keeper = new RunningKeeper();
        using var frontend = new Peer(keeper.Socket);
        var worker = new Peer(keeper.Control);
        worker.Send(MessageHeader.ForRequest((uint)KeeperRequest.Hello, KeeperHello.Length, needReply: true), Hello("disk"));
        AnswerUntil(worker, KeeperRequest.Grant);
        worker.Dispose();
        using var next = new Peer(keeper.Control);
        next.Send(MessageHeader.ForRequest((uint)KeeperRequest.Hello, KeeperHello.Length, needReply: true), Hello("disk"));
        keeper.Log.Await(KeeperEvent.WorkerJoined, 2);
        keeper.Log.Await(KeeperEvent.Unfenced, 3);
        Assert.Equal(1, keeper.Log.Count(KeeperEvent.Granted));
    }

    [Theory]
    [InlineData(FrontendRequest.SetInflightFd)]
    [InlineData(FrontendRequest.SetBackendReqFd)]
    public void A_descriptor_that_could_make_the_keeper_wait_is_refused(FrontendRequest request)
    {
        using var keeper = new RunningKeeper();
        keeper.StartWorker("owner", "entropy");
        using var frontend = new Peer(keeper.Socket);
        Negotiate(frontend);
        using var bell = EventFd.Create();
        var payload = request == FrontendRequest.SetInflightFd ? Inflight(new(4096, 0, 1, 64)) : [];
        frontend.Send(MessageHeader.ForRequest((uint)request, payload.Length), payload, bell.Descriptor);
        frontend.AwaitEnd();
        keeper.Log.Await(KeeperEvent.FrontendRefused);
    }

    [Fact]
    public void The_journal_that_the_keeper_gives_is_memory_of_zeroes_that_it_takes_back()
    {
        using var keeper = new RunningKeeper();
        keeper.StartWorker("owner", "entropy");
        using var frontend = new Peer(keeper.Socket);
        Negotiate(frontend);
        frontend.Ask(FrontendRequest.GetInflightFd, Inflight(new(0, 0, 1, 64)));
        var made = InflightDescription.Read(frontend.Answer);
        using var file = MemoryFile.FromDescriptor(frontend.Take()!);
        frontend.Next();
        Assert.True(file.Length >= made.MapSize && file.IsShrinkSealed);
        Assert.Equal(0UL, frontend.AskNumber(FrontendRequest.SetInflightFd, Inflight(made), file.Descriptor));
    }

    private static void Negotiate(Peer frontend)
    {
        var offered = frontend.AskNumber(FrontendRequest.GetProtocolFeatures, []);
        frontend.Send(MessageHeader.ForRequest((uint)FrontendRequest.SetProtocolFeatures, 8), BitConverter.GetBytes(offered));
    }

    private static void Exchange(RunningKeeper keeper, FileDescriptor descriptor, int round)
    {
        using (var stranger = new Peer(keeper.Control)) stranger.SendBytes([9, 9, 9], descriptor);
        using var frontend = new Peer(keeper.Socket);
        Negotiate(frontend);
        frontend.AskNumber(FrontendRequest.SetMemTable, FrontendSteps.Table(0), descriptor);
        var request = s_withDescriptor[round % s_withDescriptor.Length];
        // The last of them brings a descriptor where none belongs, and some bring more than any message may have.
        var many = round % 7 == 0 ? Enumerable.Repeat(descriptor, 20).ToArray() : [descriptor];
        frontend.Send(MessageHeader.ForRequest((uint)request, 8), new byte[8], many);
        if (round % 3 != 0) return;
        frontend.Send(MessageHeader.ForRequest(4711, 0), []);
        frontend.AwaitEnd();
    }

    private static void AnswerUntil(Peer worker, KeeperRequest last)
    {
        while (true)
        {
            worker.Receive();
            var request = worker.Header.Request;
            var isReply = worker.Header.IsReply;
            worker.Next();
            if (isReply) continue;
            var number = (FrontendRequest)request switch
            {
                FrontendRequest.GetProtocolFeatures => (ulong)World.Protocol,
                FrontendRequest.GetMaxMemSlots => 8UL,
                _ => 0UL,
            };
            worker.Send(MessageHeader.ForReply(request, sizeof(ulong)), BitConverter.GetBytes(number));
            if (request == (uint)last) return;
        }
    }

    private static byte[] Hello(string name)
    {
        var hello = new KeeperHello
        {
            Role = KeeperRole.Owner, DeviceId = 4, Queues = 1, MaxQueueSize = 64, StateLength = 0, Features = 1UL << 32, Instance = 1, Name = name, Config = Array.Empty<byte>(),
        };
        var writer = new MessageWriter(new byte[MessageHeader.Length + KeeperHello.Length]);
        hello.WriteTo(ref writer);
        return writer.Request((uint)KeeperRequest.Hello)[MessageHeader.Length..].ToArray();
    }

    private static byte[] Inflight(InflightDescription description) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<InflightDescription>(in description)).ToArray();

    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}

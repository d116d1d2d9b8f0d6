using System.Runtime.InteropServices;
using Stratos.Transports.Keeper.Grants;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Tests.Scenarios;

public class AllocationTests
{
    private readonly KeeperActions _actions = new();
    private readonly KeeperSession _session;
    private readonly int[] _one = new int[1];
    private int _descriptor;

    public AllocationTests() => _session = new(
        "test", KeeperLimits.Default with { JournalLength = (queues, size) => 4096 }, new OwnerThenStandby(), _actions);

    [Fact]
    public void A_stream_of_messages_allocates_nothing()
    {
        _session.WorkerHello(1, 1, Hello(KeeperRole.Owner));
        Settle();
        _session.WorkerHello(1, 2, Hello(KeeperRole.Standby));
        Settle();
        _session.FrontendConnected(1);
        Settle();
        Send(FrontendRequest.SetProtocolFeatures, (ulong)(ProtocolFeatures.ReplyAck | ProtocolFeatures.ConfigureMemSlots | ProtocolFeatures.Status), 0);
        for (var i = 0; i < 100; i++) Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(_session.IsServed);
    }

    private void Round()
    {
        Send(FrontendRequest.SetFeatures, 1UL << 32, 0);
        Send(FrontendRequest.AddMemReg, new SingleMemoryRegion(new(0, 4096, 0, 0)), 1);
        Send(FrontendRequest.SetVringNum, new VringState(0, 64), 0);
        Send(FrontendRequest.SetVringBase, new VringState(0, 0), 0);
        Send(FrontendRequest.SetVringAddr, new VringAddress(0, 0, 0, 0, 0, 0), 0);
        Send(FrontendRequest.SetVringCall, 0UL, 1);
        Send(FrontendRequest.SetVringKick, 0UL, 1);
        Send(FrontendRequest.SetVringEnable, new VringState(0, 1), 0);
        Send(FrontendRequest.SetStatus, 15UL, 0);
        Send(FrontendRequest.GetVringBase, new VringState(0, 0), 0);
        Send(FrontendRequest.RemMemReg, new SingleMemoryRegion(new(0, 4096, 0, 0)), 0);
    }

    private void Send<T>(FrontendRequest request, T payload, int descriptors) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in payload));
        _one[0] = ++_descriptor;
        _session.FrontendMessage(1, MessageHeader.ForRequest((uint)request, bytes.Length, needReply: true), bytes, _one.AsSpan(0, descriptors));
        Settle();
    }

    // Answers for both workers, until nothing is asked any more.
    private void Settle()
    {
        Span<(int Worker, uint Request)> asked = stackalloc (int, uint)[8];
        for (var any = true; any;)
        {
            var count = 0;
            foreach (ref readonly var action in _actions.All)
            {
                if (action.Kind != KeeperActionKind.SendWorker) continue;
                var header = MemoryMarshal.Read<MessageHeader>(_actions.Bytes(action));
                if (!header.IsReply) asked[count++] = (action.Target, header.Request);
            }
            _actions.Clear();
            any = count > 0;
            foreach (var (worker, request) in asked[..count]) Answer(worker, request);
        }
    }

    private void Answer(int worker, uint request)
    {
        Span<byte> payload = stackalloc byte[ConfigHeader.Length + 8];
        payload.Clear();
        var length = request == (uint)FrontendRequest.GetConfig ? payload.Length : sizeof(ulong);
        if (request == (uint)FrontendRequest.GetFeatures) MemoryMarshal.Write(payload, 1UL << 32);
        if (request == (uint)FrontendRequest.GetMaxMemSlots) MemoryMarshal.Write(payload, 8UL);
        if (request == (uint)FrontendRequest.GetProtocolFeatures)
            MemoryMarshal.Write(payload, (ulong)Simulation.World.Protocol);
        _session.WorkerMessage(1, worker, MessageHeader.ForReply(request, length), payload[..length], []);
    }

    private static KeeperHello Hello(KeeperRole role) => new()
    {
        Role = role, DeviceId = 2, Queues = 1, MaxQueueSize = 64, StateLength = 0, Features = 1UL << 32, Instance = 1, Name = "test", Config = new byte[8],
    };
}

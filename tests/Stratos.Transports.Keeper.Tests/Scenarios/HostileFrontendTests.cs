using System.Runtime.InteropServices;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.Keeper.Tests.Simulation;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Tests.Scenarios;

/// <summary>What breaks a rule is refused, what came with it is closed, and the worker serves the next frontend.</summary>
public class HostileFrontendTests
{
    public static TheoryData<string, uint, byte[], int> Hostile => new()
    {
        { "unknown request", 4711, [], 0 },
        { "request zero", 0, [], 0 },
        { "too long", (uint)FrontendRequest.SetOwner, new byte[8], 0 },
        { "too short", (uint)FrontendRequest.SetFeatures, new byte[4], 0 },
        { "descriptors where none belong", (uint)FrontendRequest.SetFeatures, new byte[8], 3 },
        { "no descriptor where one belongs", (uint)FrontendRequest.SetLogFd, [], 0 },
        { "features that were not offered", (uint)FrontendRequest.SetFeatures, Number(1UL << 63), 0 },
        { "protocol features that were not offered", (uint)FrontendRequest.SetProtocolFeatures, Number(1UL << 40), 0 },
        { "in-band doorbell", (uint)FrontendRequest.VringKick, new byte[8], 0 },
        { "postcopy", (uint)FrontendRequest.PostcopyListen, [], 0 },
        { "translations", (uint)FrontendRequest.IotlbMsg, new byte[26], 0 },
        { "display socket", (uint)FrontendRequest.GpuSetSocket, [], 1 },
        { "ring beyond the device", (uint)FrontendRequest.SetVringNum, State(4, 8), 0 },
        { "ring far beyond the device", (uint)FrontendRequest.SetVringBase, State(uint.MaxValue, 0), 0 },
        { "base of a ring beyond the device", (uint)FrontendRequest.GetVringBase, State(4, 0), 0 },
        { "empty ring", (uint)FrontendRequest.SetVringNum, State(0, 0), 0 },
        { "huge ring", (uint)FrontendRequest.SetVringNum, State(0, 65536), 0 },
        { "half enabled", (uint)FrontendRequest.SetVringEnable, State(0, 2), 0 },
        { "doorbell of a ring beyond the device", (uint)FrontendRequest.SetVringKick, Number(200), 1 },
        { "doorbell with flags that do not exist", (uint)FrontendRequest.SetVringCall, Number(0x8000), 1 },
        { "doorbell without descriptor", (uint)FrontendRequest.SetVringKick, Number(0), 0 },
        { "doorbell with descriptor and without", (uint)FrontendRequest.SetVringKick, Number(0x100), 1 },
        { "status of nine bits", (uint)FrontendRequest.SetStatus, Number(256), 0 },
        { "table without regions", (uint)FrontendRequest.SetMemTable, FrontendSteps.Table(), 0 },
        { "table of eight regions that says nine", (uint)FrontendRequest.SetMemTable, [9, .. FrontendSteps.Table(0, 1, 2, 3, 4, 5, 6, 7)[1..]], 8 },
        { "table with a descriptor too few", (uint)FrontendRequest.SetMemTable, FrontendSteps.Table(0, 1), 1 },
        { "table with a descriptor too many", (uint)FrontendRequest.SetMemTable, FrontendSteps.Table(0, 1), 3 },
        { "empty region", (uint)FrontendRequest.AddMemReg, Region(new(0, 0, 0, 0)), 1 },
        { "region around the end", (uint)FrontendRequest.AddMemReg, Region(new(ulong.MaxValue - 10, 4096, 0, 0)), 1 },
        { "region that is not there", (uint)FrontendRequest.RemMemReg, Region(new(1, 4096, 1, 0)), 0 },
        { "configuration beyond its end", (uint)FrontendRequest.GetConfig, FrontendSteps.Config(250, 16), 0 },
        { "configuration that lies about its size", (uint)FrontendRequest.SetConfig, [.. FrontendSteps.Config(0, 8)[..^4]], 0 },
        { "journal of no queues", (uint)FrontendRequest.GetInflightFd, Inflight(0, 0, 0, 128), 0 },
        { "journal of a thousand queues", (uint)FrontendRequest.GetInflightFd, Inflight(0, 0, 1000, 128), 0 },
        { "journal of huge queues", (uint)FrontendRequest.GetInflightFd, Inflight(0, 0, 4, 40000), 0 },
        { "journal without memory", (uint)FrontendRequest.SetInflightFd, Inflight(0, 0, 4, 128), 1 },
        { "journal around the end", (uint)FrontendRequest.SetInflightFd, Inflight(ulong.MaxValue, 4096, 4, 128), 1 },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_message_ends_the_connection_and_nothing_else(string what, uint request, byte[] payload, int descriptors)
    {
        var world = new World();
        var owner = world.Join();
        world.Start();
        var tokens = new int[descriptors];
        for (var i = 0; i < descriptors; i++) tokens[i] = world.Descriptors.Make();
        world.Session.FrontendMessage(world.Now, MessageHeader.ForRequest(request, payload.Length), payload, tokens);
        world.Carry();
        Assert.False(world.Frontend.IsConnected, what);
        Assert.NotNull(world.Notes.Single(note => note.What == KeeperEvent.FrontendRefused).Detail);
        Assert.Equal(0, world.Descriptors.Open);
        world.Run();
        world.Start();
        Assert.True(owner.IsServing);
        Assert.True(owner.IsAlive);
    }

    [Fact]
    public void A_reply_instead_of_a_request_ends_the_connection()
    {
        var world = new World();
        world.Join();
        world.Start();
        world.Session.FrontendMessage(world.Now, MessageHeader.ForReply((uint)FrontendRequest.GetFeatures, 0), [], []);
        world.Carry();
        Assert.False(world.Frontend.IsConnected);
    }

    [Fact]
    public void A_protocol_feature_that_was_not_negotiated_cannot_be_used()
    {
        var world = new World();
        world.Join();
        world.Frontend.Connect();
        world.Run();
        world.Frontend.Send(FrontendRequest.SetProtocolFeatures, 0UL);
        world.Session.FrontendMessage(world.Now, MessageHeader.ForRequest((uint)FrontendRequest.GetQueueNum, 0), [], []);
        world.Carry();
        Assert.False(world.Frontend.IsConnected);
    }

    [Fact]
    public void More_regions_than_slots_are_refused_and_those_before_stay()
    {
        var world = new World();
        world.Join();
        world.Start();
        var open = world.Descriptors.Open;
        for (var slot = 2; slot < 32; slot++)
        {
            world.Frontend.Send(FrontendRequest.AddMemReg, FrontendSteps.Region(slot), 1, needReply: true);
            world.Run();
            Assert.Equal(0UL, world.Frontend.LastNumber);
        }
        var token = world.Descriptors.Make();
        world.Session.FrontendMessage(
            world.Now, MessageHeader.ForRequest((uint)FrontendRequest.AddMemReg, SingleMemoryRegion.Length), Region(FrontendSteps.Window(99)), [token]);
        world.Carry();
        Assert.False(world.Frontend.IsConnected);
        Assert.Equal(0, world.Descriptors.Open);
        Assert.True(open > 0);
    }

    [Fact]
    public void Ten_thousand_hostile_frontends_leave_nothing_behind()
    {
        var world = new World();
        var owner = world.Join();
        var messages = Hostile.ToArray();
        for (var i = 0; i < 10_000; i++)
        {
            world.Run();
            world.Frontend.Connect();
            var (_, request, payload, descriptors) = messages[i % messages.Length].Data;
            var tokens = new int[descriptors];
            for (var d = 0; d < descriptors; d++) tokens[d] = world.Descriptors.Make();
            world.Session.FrontendMessage(world.Now, MessageHeader.ForRequest(request, payload.Length), payload, tokens);
            world.Carry();
            world.Notes.Clear();
            if (world.Frontend.IsConnected) world.Frontend.Leave();
        }
        Assert.Equal(0, world.Descriptors.Open);
        Assert.True(owner.IsAlive);
    }

    private static byte[] Number(ulong number) => BitConverter.GetBytes(number);

    private static byte[] State(uint index, uint number) => [.. BitConverter.GetBytes(index), .. BitConverter.GetBytes(number)];

    private static byte[] Region(MemoryRegion region)
    {
        var single = new SingleMemoryRegion(region);
        return MemoryMarshal.AsBytes(new ReadOnlySpan<SingleMemoryRegion>(in single)).ToArray();
    }

    private static byte[] Inflight(ulong size, ulong offset, ushort queues, ushort queueSize)
    {
        var inflight = new InflightDescription(size, offset, queues, queueSize);
        return MemoryMarshal.AsBytes(new ReadOnlySpan<InflightDescription>(in inflight)).ToArray();
    }
}

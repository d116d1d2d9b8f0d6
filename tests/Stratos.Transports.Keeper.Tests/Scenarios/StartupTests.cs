using Stratos.Transports.Keeper.Session;
using Stratos.Transports.Keeper.Tests.Simulation;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Tests.Scenarios;

public class StartupTests
{
    [Fact]
    public void A_worker_is_granted_as_soon_as_a_frontend_is_there()
    {
        var world = new World();
        var owner = world.Join();
        world.Run();
        Assert.False(owner.MayTouchRings);
        world.Frontend.Connect();
        world.Run();
        Assert.True(owner.IsServing);
        Assert.Equal(world.EpochPage, owner.Epoch);
        Assert.Equal(1, world.StatesMade);
    }

    [Fact]
    public void A_device_is_started_message_by_message()
    {
        var world = new World();
        var owner = world.Join();
        world.Start();
        world.Frontend.Said.RequireKnownBy(owner.Told);
        Assert.True(world.HasJournal);
        Assert.True(world.Session.WantsFrontendMessage);
    }

    [Fact]
    public void The_first_request_waits_for_the_first_worker()
    {
        var world = new World();
        world.Frontend.Connect();
        world.Frontend.Send(FrontendRequest.GetFeatures, []);
        Assert.Equal(FrontendRequest.GetFeatures, world.Frontend.Waiting);
        world.Join();
        world.Run();
        Assert.Equal(World.Features, world.Frontend.LastNumber);
    }

    [Fact]
    public void A_frontend_that_waits_too_long_for_the_first_worker_is_disconnected()
    {
        var world = new World();
        world.Frontend.Connect();
        world.Frontend.Send(FrontendRequest.GetFeatures, []);
        world.Pass(world.Limits.RequestDeadline);
        Assert.False(world.Frontend.IsConnected);
        Assert.True(world.Noted(KeeperEvent.RequestExpired));
    }

    [Fact]
    public void Descriptors_of_a_message_that_waits_for_the_first_worker_are_kept_and_closed()
    {
        var world = new World();
        world.Frontend.Connect();
        world.Frontend.Send(FrontendRequest.SetMemTable, FrontendSteps.Table(0, 1), 2);
        Assert.Equal(2, world.Descriptors.Open);
        world.Pass(world.Limits.RequestDeadline);
        Assert.Equal(0, world.Descriptors.Open);
    }

    [Fact]
    public void A_memory_table_that_came_before_the_first_worker_reaches_it()
    {
        var world = new World();
        world.Frontend.Connect();
        world.Frontend.Send(FrontendRequest.SetMemTable, FrontendSteps.Table(0, 1), 2);
        var owner = world.Join();
        world.Run();
        Assert.Contains((uint)FrontendRequest.SetMemTable, owner.Received);
        world.Frontend.Said.RequireKnownBy(owner.Told);
    }

    [Fact]
    public void Frontends_are_offered_what_works_through_a_keeper()
    {
        var world = new World();
        world.Join();
        world.Frontend.Connect();
        world.Run();
        world.Frontend.Send(FrontendRequest.GetProtocolFeatures, []);
        Assert.Equal(World.Protocol & ~ProtocolFeatures.GetVringBaseInflight, (ProtocolFeatures)world.Frontend.LastNumber);
        world.Frontend.Send(FrontendRequest.GetFeatures, []);
        Assert.Equal(World.Features, world.Frontend.LastNumber);
    }

    [Fact]
    public void An_inflight_region_is_made_by_the_keeper_and_kept_when_it_comes_back()
    {
        var world = new World();
        var owner = world.Join();
        world.Frontend.Connect();
        world.Run();
        foreach (var step in FrontendSteps.Startup.Take(3)) step(world.Frontend);
        world.Run();
        world.Frontend.Send(FrontendRequest.GetInflightFd, new VhostUser.Protocol.Payloads.InflightDescription(0, 0, 4, 128));
        Assert.Equal([KeptDescriptor.NewMemory], world.Frontend.LastDescriptors);
        var made = VhostUser.Protocol.Payloads.InflightDescription.Read(world.Frontend.LastAnswer);
        Assert.Equal((4UL * 128 * 64, 0UL), (made.MapSize, made.MapOffset));
        world.Frontend.Send(FrontendRequest.SetInflightFd, made, 1);
        world.Run();
        foreach (var step in FrontendSteps.Startup.Skip(3))
        {
            step(world.Frontend);
            world.Run();
        }
        Assert.False(world.HasJournal);
        Assert.NotNull(owner.Told[$"{FrontendRequest.SetInflightFd}"]);
    }

    [Theory]
    [InlineData(KeeperRefusal.LinkVersion)]
    [InlineData(KeeperRefusal.Role)]
    [InlineData(KeeperRefusal.DescriptionDiffers)]
    [InlineData(KeeperRefusal.Limits)]
    public void A_worker_that_cannot_serve_is_turned_away(KeeperRefusal refusal)
    {
        var world = new World();
        world.Join();
        world.Run();
        var worker = world.Join(KeeperRole.Standby, hello => refusal switch
        {
            KeeperRefusal.LinkVersion => hello with { LinkVersion = 2 },
            KeeperRefusal.Role => hello with { Role = (KeeperRole)7 },
            KeeperRefusal.DescriptionDiffers => hello with { Queues = 3 },
            _ => hello with { Queues = 5000 },
        });
        Assert.False(worker.IsConnected);
        Assert.Equal((ulong)refusal, world.Notes.Single(note => note.What == KeeperEvent.WorkerRefused).Number);
    }

    [Fact]
    public void More_workers_than_there_is_room_for_are_turned_away()
    {
        var world = new World();
        for (var i = 0; i < world.Limits.MaxWorkers; i++) Assert.True(world.Join(KeeperRole.Standby).IsConnected);
        Assert.False(world.Join(KeeperRole.Standby).IsConnected);
    }
}

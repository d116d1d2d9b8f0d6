using Stratos.Transports.Keeper.Tests.Simulation;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Tests.Scenarios;

public class FrontendTests
{
    [Fact]
    public void When_the_frontend_leaves_all_workers_end_before_the_next_one_is_accepted()
    {
        var world = Started(out var owner, out var standby);
        var epoch = owner.Epoch;
        world.Frontend.Leave();
        Assert.False(world.Session.AcceptsFrontend);
        Assert.Equal(0, world.Descriptors.Open);
        world.Run();
        Assert.True(world.Session.AcceptsFrontend);
        Assert.Equal((1, 1), (owner.Ended, standby.Ended));
        Assert.True(world.EpochPage > epoch);
    }

    [Fact]
    public void A_second_frontend_finds_a_clean_device_with_the_state_that_it_had()
    {
        var world = Started(out var owner, out var standby);
        world.Frontend.Leave();
        world.Run();
        world.Start();
        Assert.True(owner.IsServing);
        Assert.Equal(1, world.StatesMade);
        world.Frontend.Said.RequireKnownBy(owner.Told);
        world.Frontend.Said.RequireKnownBy(standby.Told);
    }

    [Fact]
    public void A_holder_that_does_not_end_is_fenced()
    {
        var world = Started(out var owner, out var standby);
        world.Frontend.Leave();
        world.Pass(world.Limits.AckDeadline);
        Assert.False(owner.IsAlive);
        Assert.True(world.Session.AcceptsFrontend);
    }

    [Fact]
    public void A_frontend_may_leave_while_no_worker_is_there()
    {
        var world = Started(out var owner, out var standby);
        owner.Die();
        standby.Die();
        world.Frontend.Leave();
        Assert.True(world.Session.AcceptsFrontend);
        var next = world.Join();
        world.Start();
        Assert.True(next.IsServing);
    }

    [Fact]
    public void A_frontend_may_leave_while_the_holder_is_being_fenced()
    {
        var world = Started(out var owner, out var standby);
        world.KillsAreInstant = false;
        owner.Disconnect();
        world.Frontend.Leave();
        Assert.False(world.Session.AcceptsFrontend);
        owner.SeeExit();
        Assert.True(world.Session.AcceptsFrontend);
        Assert.False(standby.MayTouchRings);
    }

    [Fact]
    public void A_frontend_may_leave_with_a_request_pending()
    {
        var world = Started(out var owner, out var standby);
        world.Frontend.Send(FrontendRequest.GetVringBase, new VringState(0, 0));
        world.Frontend.Leave();
        world.Run();
        world.Start();
        Assert.True(owner.IsServing);
    }

    [Fact]
    public void A_frontend_may_leave_while_a_grant_is_under_way()
    {
        var world = new World();
        var owner = world.Join();
        world.Run();
        world.Frontend.Connect();
        while (!owner.MayTouchRings) owner.Answer();
        world.Frontend.Leave();
        world.Run();
        Assert.False(owner.MayTouchRings);
        Assert.True(world.Session.AcceptsFrontend);
    }

    [Fact]
    public void Settings_without_acknowledgement_are_taken_while_no_worker_is_there()
    {
        var world = Started(out var owner, out var standby);
        owner.Die();
        standby.Die();
        world.Frontend.Send(FrontendRequest.SetVringCall, 0UL, 1);
        world.Frontend.Send(FrontendRequest.SetStatus, 7UL);
        world.Frontend.Send(FrontendRequest.SetMemTable, FrontendSteps.Table(3, 4, 5), 3);
        Assert.True(world.Session.WantsFrontendMessage);
        var next = world.Join();
        world.Run();
        Assert.True(next.IsServing);
        Assert.DoesNotContain((uint)FrontendRequest.AddMemReg, next.Received);
    }

    [Fact]
    public void Settings_with_acknowledgement_wait_for_a_worker_that_serves_with_them()
    {
        var world = Started(out var owner, out var standby);
        owner.Die();
        standby.Die();
        world.Frontend.Send(FrontendRequest.AddMemReg, FrontendSteps.Region(2), 1, needReply: true);
        Assert.Equal(FrontendRequest.AddMemReg, world.Frontend.Waiting);
        var next = world.Join();
        while (!next.IsServing)
        {
            Assert.Equal(FrontendRequest.AddMemReg, world.Frontend.Waiting);
            next.Answer();
        }
        Assert.Equal(0UL, world.Frontend.LastNumber);
    }

    [Fact]
    public void A_setting_that_nobody_took_in_time_has_failed_and_is_not_kept()
    {
        var world = Started(out var owner, out var standby);
        owner.Die();
        standby.Die();
        world.Frontend.Send(FrontendRequest.AddMemReg, FrontendSteps.Region(2), 1, needReply: true);
        var open = world.Descriptors.Open;
        world.Pass(world.Limits.RequestDeadline);
        Assert.Equal(1UL, world.Frontend.LastNumber);
        Assert.Equal(open - 1, world.Descriptors.Open);
        Assert.True(world.Frontend.IsConnected);
    }

    [Fact]
    public void Status_queue_count_slots_and_a_stopped_rings_base_are_answered_without_a_worker()
    {
        var world = Started(out var owner, out var standby);
        owner.Die();
        standby.Die();
        Assert.Equal(15UL, Ask(world, FrontendRequest.GetStatus));
        Assert.Equal(4UL, Ask(world, FrontendRequest.GetQueueNum));
        Assert.Equal(32UL, Ask(world, FrontendRequest.GetMaxMemSlots));
        world.Frontend.Send(FrontendRequest.GetVringBase, new VringState(1, 0));
        Assert.Equal(1UL, world.Frontend.LastNumber);
    }

    [Fact]
    public void Configuration_comes_from_the_worker_that_serves_and_from_the_cache_when_none_does()
    {
        var world = Started(out var owner, out var standby);
        owner.Config[5] = 99;
        world.Frontend.Send(FrontendRequest.GetConfig, FrontendSteps.Config(4, 4));
        world.Run();
        Assert.Equal([0, 99, 0, 0], world.Frontend.LastAnswer[ConfigHeader.Length..]);
        world.Frontend.Send(FrontendRequest.GetConfig, FrontendSteps.Config(4, 4));
        world.KillsAreInstant = false;
        standby.Die();
        owner.Disconnect();
        Assert.Equal([0, 99, 0, 0], world.Frontend.LastAnswer[ConfigHeader.Length..]);
        Assert.Equal(FrontendRequest.None, world.Frontend.Waiting);
    }

    [Fact]
    public void A_configuration_change_reaches_the_frontend_after_the_cache()
    {
        var world = Started(out var owner, out var standby);
        var before = world.Frontend.ConfigChanges;
        standby.ChangeConfig(1);
        world.Run();
        Assert.Equal(before, world.Frontend.ConfigChanges);
        owner.ChangeConfig(2);
        Assert.Equal(before, world.Frontend.ConfigChanges);
        world.Run();
        Assert.Equal(before + 1, world.Frontend.ConfigChanges);
        owner.Die();
        world.Run();
        // The standby has another configuration, of which the frontend has to hear.
        Assert.Equal(before + 2, world.Frontend.ConfigChanges);
    }

    [Fact]
    public void A_written_configuration_goes_to_the_worker_that_serves_alone()
    {
        var world = Started(out var owner, out var standby);
        world.Frontend.Send(FrontendRequest.SetConfig, FrontendSteps.Config(0, 8), needReply: true);
        world.Run();
        Assert.Equal(0UL, world.Frontend.LastNumber);
        Assert.Contains((uint)FrontendRequest.SetConfig, owner.Received);
        Assert.DoesNotContain((uint)FrontendRequest.SetConfig, standby.Received);
    }

    [Fact]
    public void What_a_worker_refuses_is_refused_to_the_frontend_and_not_kept()
    {
        var world = Started(out var owner, out var standby);
        owner.Judge = standby.Judge = request => request == FrontendRequest.AddMemReg ? 1UL : 0;
        var open = world.Descriptors.Open;
        world.Frontend.Send(FrontendRequest.AddMemReg, FrontendSteps.Region(2), 1, needReply: true);
        world.Run();
        Assert.Equal(1UL, world.Frontend.LastNumber);
        Assert.Equal(open, world.Descriptors.Open);
        Assert.True(owner.IsServing);
        Assert.True(standby.IsConnected);
    }

    [Fact]
    public void What_a_worker_refuses_without_being_asked_for_acknowledgement_ends_the_connection()
    {
        var world = Started(out var owner, out var standby);
        owner.Judge = request => request == FrontendRequest.SetVringNum ? 1UL : 0;
        world.Frontend.Send(FrontendRequest.SetVringNum, new VringState(1, 99));
        world.Run();
        Assert.False(world.Frontend.IsConnected);
        Assert.True(world.Session.AcceptsFrontend);
    }

    [Fact]
    public void A_standby_that_refuses_what_the_holder_took_is_dropped()
    {
        var world = Started(out var owner, out var standby);
        standby.Judge = request => request == FrontendRequest.SetVringNum ? 1UL : 0;
        world.Frontend.Send(FrontendRequest.SetVringNum, new VringState(1, 99));
        owner.Answer();
        standby.Answer();
        world.Run();
        Assert.False(standby.IsConnected);
        Assert.True(standby.IsAlive);
        Assert.True(owner.IsServing);
    }

    [Fact]
    public void A_frontend_that_does_not_choose_protocol_features_may_use_what_is_offered()
    {
        var world = Started(out var owner, out _);
        world.Frontend.Leave();
        world.Run();
        world.Frontend.Connect();
        world.Run();
        world.Frontend.Send(FrontendRequest.SetStatus, 1UL, needReply: true);
        world.Run();
        Assert.Equal(0UL, world.Frontend.LastNumber);
        Assert.True(owner.IsServing);
    }

    [Fact]
    public void Stopping_the_keeper_ends_everything_in_order()
    {
        var world = Started(out var owner, out var standby);
        world.Session.End(world.Now);
        world.Carry();
        Assert.False(world.Frontend.IsConnected);
        Assert.False(standby.IsConnected);
        Assert.False(world.Session.HasEnded);
        world.Run();
        Assert.True(world.Session.HasEnded);
        Assert.True(owner.IsAlive);
        Assert.False(owner.MayTouchRings);
        Assert.False(world.Session.AcceptsFrontend);
    }

    private static ulong Ask(World world, FrontendRequest request)
    {
        world.Frontend.Send(request, []);
        return world.Frontend.LastNumber;
    }

    private static World Started(out FakeWorker owner, out FakeWorker standby)
    {
        var world = new World();
        owner = world.Join();
        standby = world.Join(KeeperRole.Standby);
        world.Start();
        Assert.True(owner.IsServing);
        return world;
    }
}

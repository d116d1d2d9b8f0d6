using Stratos.Transports.Keeper.Session;
using Stratos.Transports.Keeper.Tests.Simulation;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Tests.Scenarios;

public class FailoverTests
{
    [Fact]
    public void A_standby_is_granted_in_the_moment_in_which_the_owner_is_fenced()
    {
        var world = Started(out var owner, out var standby);
        world.KillsAreInstant = false;
        owner.Die(exitIsSeen: false);
        Assert.False(standby.MayTouchRings);
        owner.SeeExit();
        Assert.True(standby.MayTouchRings);
        Assert.True(standby.Epoch > owner.Epoch);
        world.Run();
        Assert.True(standby.IsServing);
    }

    [Fact]
    public void A_worker_that_only_lost_its_connection_is_killed_before_another_is_granted()
    {
        var world = Started(out var owner, out var standby);
        world.KillsAreInstant = false;
        owner.Disconnect();
        Assert.Same(owner, world.Dying.Single());
        Assert.True(world.EpochPage > owner.Epoch);
        Assert.False(standby.MayTouchRings);
        owner.SeeExit();
        Assert.True(standby.MayTouchRings);
    }

    [Fact]
    public void A_process_that_cannot_be_killed_keeps_everybody_from_the_grant()
    {
        var world = Started(out var owner, out var standby);
        owner.IsKillable = false;
        owner.Disconnect();
        for (var i = 0; i < 10; i++) world.Pass(world.Limits.KillRetry);
        Assert.False(standby.MayTouchRings);
        Assert.Equal(11, world.Notes.Count(note => note.What == KeeperEvent.Unfenced));
        owner.SeeExit();
        Assert.True(standby.MayTouchRings);
    }

    [Fact]
    public void Exit_may_be_seen_before_the_end_of_the_stream()
    {
        var world = Started(out var owner, out var standby);
        owner.SeeExit();
        Assert.True(standby.MayTouchRings);
        world.Session.WorkerLost(world.Now, owner.Id, "late");
        world.Carry();
        Assert.True(world.Session.IsServed || standby.HasUnanswered);
    }

    [Fact]
    public void Without_a_standby_a_restarted_worker_gets_the_whole_session()
    {
        var world = Started(out var owner, out var standby);
        standby.Die();
        owner.Die();
        var again = world.Join();
        world.Run();
        Assert.True(again.IsServing);
        world.Frontend.Said.RequireKnownBy(again.Told);
    }

    [Fact]
    public void An_owner_that_returns_waits_behind_the_standby_that_took_over()
    {
        var world = Started(out var owner, out var standby);
        owner.Die();
        world.Run();
        var again = world.Join();
        world.Run();
        Assert.True(standby.IsServing);
        Assert.False(again.MayTouchRings);
        standby.Die();
        world.Run();
        Assert.True(again.IsServing);
    }

    [Fact]
    public void A_standby_that_dies_disturbs_nobody()
    {
        var world = Started(out var owner, out var standby);
        var epoch = world.EpochPage;
        standby.Die();
        world.Run();
        Assert.True(owner.IsServing);
        Assert.Equal(epoch, world.EpochPage);
    }

    [Fact]
    public void A_standby_can_join_and_die_at_every_step_of_its_replay()
    {
        for (var steps = 0; steps < 40; steps++)
        {
            var world = new World();
            var owner = world.Join();
            world.Start();
            var standby = world.Join(KeeperRole.Standby);
            for (var i = 0; i < steps && standby.HasUnanswered; i++) standby.Answer();
            standby.Die();
            owner.Die();
            var next = world.Join();
            world.Run();
            Assert.True(next.IsServing);
        }
    }

    [Fact]
    public void A_new_owner_may_die_at_every_step_of_its_replay()
    {
        for (var steps = 0; steps < 40; steps++)
        {
            var world = new World();
            world.Join();
            world.Start();
            world.Workers[1].Die();
            var second = world.Join();
            for (var i = 0; i < steps && second.HasUnanswered; i++) second.Answer();
            second.Die();
            var third = world.Join(KeeperRole.Standby);
            world.Run();
            Assert.True(third.IsServing);
            Assert.True(world.Session.WantsFrontendMessage);
        }
    }

    [Fact]
    public void The_owner_may_die_in_any_message_of_the_start()
    {
        for (var fatal = 0; fatal < FrontendSteps.Startup.Count; fatal++)
        {
            var world = new World();
            var owner = world.Join();
            var standby = world.Join(KeeperRole.Standby);
            world.Frontend.Connect();
            world.Run();
            for (var i = 0; i < FrontendSteps.Startup.Count; i++)
            {
                FrontendSteps.Startup[i](world.Frontend);
                if (i == fatal) owner.Die();
                world.Run();
            }
            Assert.True(standby.IsServing);
            world.Frontend.Said.RequireKnownBy(standby.Told);
        }
    }

    [Fact]
    public void A_base_that_was_asked_for_is_asked_again_of_the_next_worker()
    {
        var world = Started(out var owner, out var standby);
        world.Frontend.Send(FrontendRequest.GetVringBase, new VringState(0, 0));
        Assert.Equal((uint)FrontendRequest.GetVringBase, owner.Unanswered);
        standby.Bases[0] = 99;
        owner.Die();
        world.Run();
        Assert.Equal(new VringState(0, 99), System.Runtime.InteropServices.MemoryMarshal.Read<VringState>(world.Frontend.LastAnswer));
        Assert.Equal((0UL, (byte)1), (world.ClearedJournals.Single().Offset, world.ClearedJournals.Single().OnlyIfIdle));
    }

    [Fact]
    public void A_base_waits_while_both_workers_are_dead()
    {
        var world = Started(out var owner, out var standby);
        standby.Die();
        owner.Die();
        world.Frontend.Send(FrontendRequest.GetVringBase, new VringState(0, 0));
        Assert.Equal(FrontendRequest.GetVringBase, world.Frontend.Waiting);
        world.Join().Bases[0] = 5;
        world.Run();
        Assert.Equal(5u, BitConverter.ToUInt32(world.Frontend.LastAnswer, 4));
    }

    [Fact]
    public void A_base_that_nobody_can_tell_in_time_is_not_made_up()
    {
        var world = Started(out var owner, out var standby);
        standby.Die();
        owner.Die();
        world.Frontend.Send(FrontendRequest.GetVringBase, new VringState(0, 0));
        world.Pass(world.Limits.RequestDeadline);
        Assert.False(world.Frontend.IsConnected);
        Assert.True(world.Session.AcceptsFrontend);
    }

    [Fact]
    public void A_worker_that_does_not_answer_is_killed_after_its_deadline()
    {
        var world = Started(out var owner, out var standby);
        world.Frontend.Send(FrontendRequest.GetVringBase, new VringState(0, 0));
        world.Pass(world.Limits.AckDeadline - 1);
        Assert.True(owner.IsAlive);
        world.Pass(1);
        Assert.True(world.Noted(KeeperEvent.WorkerHung));
        Assert.True(standby.MayTouchRings);
    }

    [Fact]
    public void A_reset_is_asked_again_of_the_next_worker()
    {
        var world = Started(out var owner, out var standby);
        world.Frontend.Send(FrontendRequest.ResetDevice, [], needReply: true);
        owner.Die();
        world.Run();
        Assert.Equal(0UL, world.Frontend.LastNumber);
        Assert.Equal(1, standby.Received.Count(request => request == (uint)FrontendRequest.ResetDevice));
        world.Frontend.Said.RequireKnownBy(standby.Told);
        Assert.False(world.HasJournal);
    }

    [Fact]
    public void A_standby_follows_a_reset_without_resetting_the_device()
    {
        var world = Started(out var owner, out var standby);
        world.Frontend.Send(FrontendRequest.ResetDevice, [], needReply: true);
        world.Run();
        Assert.False(standby.Told.IsStarted(0));
        Assert.DoesNotContain((uint)FrontendRequest.ResetDevice, standby.Received);
        Assert.True(owner.IsServing);
    }

    [Fact]
    public void A_holder_that_leaves_in_order_gives_its_rings_back_first()
    {
        var world = Started(out var owner, out var standby);
        owner.Bases[0] = 41;
        owner.Leave();
        world.Run();
        Assert.False(owner.IsConnected);
        Assert.True(owner.IsAlive);
        Assert.False(owner.MayTouchRings);
        Assert.True(standby.IsServing);
        Assert.Equal(Convert.ToHexString([0, 0, 0, 0, 41, 0, 0, 0]), standby.Told[$"ring 0 {FrontendRequest.SetVringBase}"]);
    }

    [Fact]
    public void A_holder_that_dies_while_it_leaves_is_fenced()
    {
        for (var steps = 0; steps < 2; steps++)
        {
            var world = Started(out var owner, out var standby);
            owner.Leave();
            for (var i = 0; i < steps; i++) owner.Answer();
            owner.Die();
            world.Run();
            Assert.True(standby.IsServing);
        }
    }

    [Theory]
    [InlineData("stale acknowledgement")]
    [InlineData("wrong request")]
    [InlineData("wrong size")]
    [InlineData("descriptors")]
    [InlineData("second hello")]
    public void A_holder_that_breaks_the_protocol_is_fenced(string how)
    {
        var world = Started(out var owner, out var standby);
        if (how != "stale acknowledgement") world.Frontend.Send(FrontendRequest.GetVringBase, new VringState(0, 0));
        var header = how switch
        {
            "wrong request" => MessageHeader.ForReply((uint)FrontendRequest.SetOwner, 8),
            "second hello" => MessageHeader.ForRequest((uint)KeeperRequest.Hello, 8),
            "wrong size" => MessageHeader.ForReply((uint)FrontendRequest.GetVringBase, 4),
            _ => MessageHeader.ForReply((uint)FrontendRequest.GetVringBase, 8),
        };
        owner.Send(header, new byte[header.Size], how == "descriptors" ? [world.Descriptors.Make()] : []);
        Assert.False(owner.IsAlive);
        Assert.True(standby.MayTouchRings);
    }

    [Fact]
    public void A_device_that_nobody_could_reset_is_reset_before_the_next_frontend_is_served()
    {
        var world = Started(out var owner, out var standby);
        standby.Die();
        owner.Die();
        world.Frontend.Leave();
        var next = world.Join();
        world.Run();
        Assert.Equal(1, next.Ended);
        Assert.True(world.Noted(KeeperEvent.Resetting));
        Assert.False(next.MayTouchRings);
        world.Start();
        Assert.True(next.IsServing);
        Assert.Equal(1, next.Ended);
    }

    [Fact]
    public void A_frontend_that_comes_first_waits_until_the_device_is_reset()
    {
        var world = Started(out var owner, out var standby);
        standby.Die();
        owner.Die();
        world.Frontend.Leave();
        world.Frontend.Connect();
        world.Frontend.Send(FrontendRequest.SetOwner, []);
        var first = world.Join();
        first.Answer();
        while (!first.MayTouchRings) first.Answer();
        Assert.True(first.Told.IsEmpty);
        // The one that was to do it dies over it: the next one does.
        first.Die();
        var second = world.Join(KeeperRole.Standby);
        world.Run();
        Assert.Equal(1, second.Ended);
        Assert.True(second.IsServing);
        world.Frontend.Said.RequireKnownBy(second.Told);
    }

    [Fact]
    public void A_standby_resets_what_the_owner_that_died_over_it_could_not()
    {
        var world = Started(out var owner, out var standby);
        world.Frontend.Leave();
        owner.Die();
        world.Run();
        Assert.Equal(2, standby.Ended);
        Assert.True(world.Session.AcceptsFrontend);
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

using System.Runtime.InteropServices;
using Stratos.Actors.Partitions;
using Stratos.Actors.Supervision;
using Stratos.Actors.Tests.Testing;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Testing;

namespace Stratos.Actors.Tests.Devices;

/// <summary>Faults of handlers, rings and devices under a driver that goes on, with real pumps and journals.</summary>
public sealed class QueueSupervisionTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_handler_that_throws_is_restarted_and_no_request_is_lost_or_repeated(bool packed, bool inOrder)
    {
        int faults = 0;
        using var queue = new QueueRig(packed: packed, inOrder: inOrder);
        await using var rig = await PartitionRig.StartAsync(_ => new EchoHandler(number =>
        {
            if (number == 100 && Interlocked.Increment(ref faults) == 1)
                throw new InvalidOperationException("the bus fell over");
        }));
        await rig.Start(queue);
        queue.Run(500);
        Assert.Equal(500, queue.Answered);
        Assert.Equal([SupervisionStep.QueueRestarting, SupervisionStep.QueueRestarted], rig.Steps.Select(step => step.Step));
        Assert.Equal("dev0/requestq", rig.Steps[0].Unit);
        Assert.Contains("InvalidOperationException: the bus fell over", rig.Steps[0].Cause, StringComparison.Ordinal);
        Assert.Single(rig.Made);
        var state = await rig.Stop(queue);
        Assert.Equal(queue.Ring.State, state);
    }

    [Fact]
    public async Task What_a_device_reports_is_an_event_of_its_partition_and_restarts_nothing()
    {
        using var queue = new QueueRig();
        await using var rig = await PartitionRig.StartAsync(_ => new EchoHandler(static _ => { }));
        await rig.Start(queue);
        rig.Made.Single().Surroundings.Report("the third request came");
        queue.Run(10);
        rig.WaitForStep(SupervisionStep.DeviceReported);
        var step = Assert.Single(rig.Steps);
        Assert.Equal(("dev0", "the third request came"), (step.Unit, step.Cause));
        Assert.Equal("DeviceReported dev0: the third request came", step.ToString());
    }

    [Fact]
    public async Task A_queue_that_keeps_failing_restarts_its_device_and_then_ends_the_partition_in_that_order()
    {
        using var queue = new QueueRig();
        await using var rig = await PartitionRig.StartAsync(_ => new EchoHandler(static _ => throw new IOException("no disk")));
        await rig.Start(queue);
        queue.Post(1);
        var end = await rig.End();
        rig.WaitForStep(SupervisionStep.PartitionEnding);

        Assert.Equal(PartitionEndCause.DeviceLost, end.Cause);
        Assert.Equal(70, end.ExitCode);
        Assert.Contains("no disk", end.Reason, StringComparison.Ordinal);
        var policy = TestSettings.Supervision;
        var failures = rig.Steps.Where(step => step.Step is not (SupervisionStep.QueueRestarted or SupervisionStep.DeviceRestarted)).Select(step => step.Step);
        var queueAlone = Enumerable.Repeat(SupervisionStep.QueueRestarting, policy.Queue.Limit!.Value);
        IEnumerable<SupervisionStep> expected = [];
        for (int device = 0; device < policy.Device.Limit; device++)
            expected = expected.Concat(queueAlone).Append(SupervisionStep.DeviceRestarting);
        Assert.Equal(expected.Concat(queueAlone).Append(SupervisionStep.PartitionEnding), failures);
        Assert.Equal(1 + policy.Device.Limit!.Value, rig.Made.Count);
        Assert.All(rig.Steps.Where(step => step.Number > 0), step => Assert.Contains("no disk", step.Cause, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_device_made_anew_has_its_state_and_the_driver_s_requests()
    {
        int faults = 0;
        using var broken = new QueueRig(0);
        using var healthy = new QueueRig(1);
        await using var rig = await PartitionRig.StartAsync(context => new EchoHandler(_ =>
        {
            if (context.Index == 0 && Interlocked.Increment(ref faults) <= TestSettings.Supervision.Queue.Limit + 1)
                throw new IOException("not yet");
        }));
        rig.State.Bytes[3] = 77;
        await rig.Start(broken);
        await rig.Start(healthy);
        healthy.Run(10);
        broken.Run(50);
        healthy.Run(10);
        Assert.Equal((50, 20), (broken.Answered, healthy.Answered));
        Assert.Equal(2, rig.Made.Count);
        Assert.Same(rig.State, rig.Made[1].Surroundings.State);
        Assert.Equal(77, rig.Made[1].Surroundings.State.Bytes[3]);
        Assert.Equal(1, rig.Session.Runs);
    }

    [Fact]
    public async Task A_malformed_ring_is_told_to_the_session_and_stays_stopped_while_others_run()
    {
        using var bad = new QueueRig(0);
        using var good = new QueueRig(1);
        await using var rig = await PartitionRig.StartAsync(_ => new EchoHandler(static _ => { }));
        await rig.Start(bad);
        await rig.Start(good);
        bad.Run(3);
        bad.Corrupt();
        Assert.True(rig.Events.Failures.TryTake(out var failure, TimeSpan.FromSeconds(10)));
        Assert.Equal(0, failure.Index);
        Assert.NotEmpty(failure.Reason);
        rig.WaitForStep(SupervisionStep.QueueFailed);
        good.Run(20);
        var refused = await Assert.ThrowsAsync<DeviceOperationException>(() => rig.Start(bad));
        Assert.Contains(failure.Reason, refused.Message, StringComparison.Ordinal);
        await rig.Session.Perform(new DeviceOperation.Reset());
        Assert.DoesNotContain(rig.Steps, step => step.Step is SupervisionStep.QueueRestarting or SupervisionStep.DeviceRestarting);
    }

    [Fact]
    public async Task A_queue_whose_epoch_is_over_stops_and_is_not_restarted()
    {
        using var file = MemoryFile.Create("epoch", 4096);
        using var page = file.Map(MemoryAccess.ReadWrite);
        MemoryMarshal.Write(page.Span, 7UL);
        using var queue = new QueueRig();
        await using var rig = await PartitionRig.StartAsync(_ => new EchoHandler(static _ => { }));
        await rig.Session.Perform(new DeviceOperation.StartQueue(queue.Setup with { Epoch = EpochGate.For(page, 7) }));
        queue.Run(20);
        MemoryMarshal.Write(page.Span, 8UL);
        queue.Post(1);
        rig.WaitForStep(SupervisionStep.QueueFenced);
        Assert.Equal(1, queue.Ring.InFlight);
        Assert.Equal(SupervisionStep.QueueFenced, Assert.Single(rig.Steps).Step);
        Assert.Empty(rig.Events.Failures);
        await rig.Stop(queue);
    }

    [Fact]
    public async Task A_stop_waits_for_requests_in_flight_and_disturbs_nobody()
    {
        using var slow = new QueueRig(0);
        using var quick = new QueueRig(1);
        using var deferred = new DeferredHandler();
        await using var rig = await PartitionRig.StartAsync(context => context.Index == 0 ? deferred : new EchoHandler(static _ => { }));
        await rig.Start(slow);
        await rig.Start(quick);
        deferred.Hold();
        slow.Post(8);
        WaitFor.Condition(() => Fetched(rig, 0) == 8, "the requests to be taken");
        var stopped = rig.Stop(slow);
        quick.Run(100);
        Assert.Equal(Stratos.Actors.Devices.DevicePhase.Attached, (await rig.Partition.ReportAsync())[0].Phase);
        Assert.False(stopped.IsCompleted);
        deferred.Go();
        await stopped;
        slow.Take();
        Assert.Equal(8, slow.Answered);
    }

    [Fact]
    public async Task A_request_that_never_ends_makes_the_stop_fail_and_the_partition_end()
    {
        var settings = TestSettings.Alone with { Operations = new(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)) };
        using var queue = new QueueRig();
        using var deferred = new DeferredHandler();
        await using var rig = await PartitionRig.StartAsync(_ => deferred, settings);
        await rig.Start(queue);
        deferred.Hold();
        queue.Post(1);
        WaitFor.Condition(() => Fetched(rig, 0) == 1, "the request to be taken");
        var refused = await Assert.ThrowsAsync<DeviceOperationException>(() => rig.Stop(queue));
        Assert.Contains("still in flight", refused.Message, StringComparison.Ordinal);
        var end = await rig.End();
        Assert.Equal(PartitionEndCause.DeviceLost, end.Cause);
        deferred.Go();
    }

    [Fact]
    public async Task A_session_that_fails_is_run_again_and_its_queues_are_stopped_before()
    {
        using var queue = new QueueRig();
        await using var rig = await PartitionRig.StartAsync(_ => new EchoHandler(static _ => { }));
        await rig.Start(queue);
        queue.Run(10);
        rig.Session.Fail("the socket broke");
        rig.WaitForStep(SupervisionStep.SessionRestarting);
        Assert.Contains("the socket broke", rig.Steps[0].Cause, StringComparison.Ordinal);
        await rig.Session.Perform(new DeviceOperation.Attach(rig.State, rig.Events));
        Assert.Equal(2, rig.Session.Runs);
        var setup = queue.Setup with { State = queue.Ring.State };
        await rig.Session.Perform(new DeviceOperation.StartQueue(setup));
        queue.Run(10);
        Assert.Equal(20, queue.Answered);
    }

    [Fact]
    public async Task A_queue_is_stopped_and_started_again_from_its_state()
    {
        using var queue = new QueueRig(packed: true);
        await using var rig = await PartitionRig.StartAsync(_ => new EchoHandler(static _ => { }));
        var setup = queue.Setup;
        for (int round = 0; round < 20; round++)
        {
            await rig.Session.Perform(new DeviceOperation.StartQueue(setup));
            queue.Run(37);
            setup = setup with { State = await rig.Stop(queue) };
        }
        Assert.Equal(20 * 37, queue.Answered);
        Assert.Empty(rig.Steps);
    }

    [Fact]
    public async Task A_reset_during_a_queue_s_back_off_is_a_reset_and_no_restart_follows()
    {
        var patient = TestSettings.Supervision with { Queue = new(3, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)) };
        int resets = 0;
        using var queue = new QueueRig();
        await using var rig = await PartitionRig.StartAsync(
            _ => new EchoHandler(static _ => throw new IOException("bad")), TestSettings.Alone with { Supervision = patient });
        rig.OnReset = () => resets++;
        await rig.Start(queue);
        queue.Post(1);
        rig.WaitForStep(SupervisionStep.QueueRestarting);
        await rig.Session.Perform(new DeviceOperation.Reset());
        Assert.Equal(1, resets);
        Assert.Empty((await rig.Partition.ReportAsync())[0].Queues);
    }

    private static ulong Fetched(PartitionRig rig, int queue) =>
        rig.Partition.ReportAsync().GetAwaiter().GetResult()[0].Queues.FirstOrDefault(report => report.Index == queue)?.Counters.Fetched ?? 0;
}

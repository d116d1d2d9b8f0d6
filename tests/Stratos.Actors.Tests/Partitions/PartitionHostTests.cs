using Stratos.Actors.Devices;
using Stratos.Actors.Partitions;
using Stratos.Actors.Tests.Testing;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Testing;

namespace Stratos.Actors.Tests.Partitions;

public sealed class PartitionHostTests
{
    [Fact]
    public async Task A_rehearsal_runs_beside_the_devices_and_leaves_no_trace()
    {
        var session = new ScriptedSession();
        await using var partition = await PartitionHost.StartAsync(TestSettings.Alone with { Rehearse = true }, [Binding("dev0", session)], TextWriter.Null);
        await session.Perform(new DeviceOperation.Describe());
        await partition.Rehearsed.WaitAsync(WaitFor.DefaultDeadline, TestContext.Current.CancellationToken);
        Assert.Equal("dev0", Assert.Single(await partition.ReportAsync()).Device.Name);
    }

    [Fact]
    public async Task An_orderly_stop_under_load_ends_the_session_then_the_queues_and_loses_nothing()
    {
        using var queue = new QueueRig();
        await using var rig = await PartitionRig.StartAsync(_ => new EchoHandler(static _ => { }));
        QueueState? left = null;
        rig.Session.Farewell = device => left = device.Perform(new DeviceOperation.StopQueue(0));
        bool deactivated = false;
        rig.OnDeactivate = () => deactivated = left is not null;
        await rig.Start(queue);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    queue.Post(8);
                    queue.Take();
                }
            },
            TestContext.Current.CancellationToken);
        WaitFor.Condition(() => queue.Answered > 1000, "the load to run");
        await rig.Partition.DisposeAsync();
        await stop.CancelAsync();
        await load;
        queue.Take();
        Assert.True(deactivated, "the device was given up before its session had stopped its queue");
        Assert.Equal(PartitionEndCause.Stopped, (await rig.End()).Cause);
        // What the driver had posted and nobody took is still its own; whatever was taken was answered.
        Assert.Equal((ushort)queue.Answered, left!.Value.UsedIndex);
        Assert.Equal(left.Value.UsedIndex, left.Value.AvailIndex);
    }

    [Fact]
    public async Task A_session_that_does_not_end_holds_nobody_up_beyond_its_limit()
    {
        using var blocked = new ManualResetEventSlim();
        var session = new ScriptedSession { Farewell = _ => blocked.Wait() };
        var settings = TestSettings.Alone with { Operations = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(15), TimeSpan.FromMilliseconds(100)) };
        var partition = await PartitionHost.StartAsync(settings, [Binding("dev0", session)], TextWriter.Null);
        await session.Perform(new DeviceOperation.Describe());
        await partition.DisposeAsync();
        Assert.Equal(PartitionEndCause.Stopped, (await partition.Terminated).Cause);
        blocked.Set();
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_name_that_cannot_be_used_is_refused(string name)
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(Binding(name, new ScriptedSession())));
        Assert.Contains($"\"{name}\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_devices_of_one_name_are_refused()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => StartAsync(Binding("disk0", new ScriptedSession()), Binding("disk0", new ScriptedSession())));
        Assert.Contains("disk0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_cannot_be_made_is_named()
    {
        var broken = new DeviceBinding("disk0", static () => throw new FileNotFoundException("/srv/disk.img is missing"), new ScriptedSession(), new PumpOptions());
        bool letGo = false;
        var whole = new DeviceBinding("rng0", () => new PlainDevice { OnDeactivate = () => letGo = true }, new ScriptedSession(), new PumpOptions());
        var refused = await Assert.ThrowsAsync<DeviceOperationException>(() => StartAsync(whole, broken));
        Assert.True(letGo);
        Assert.Contains("disk0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("/srv/disk.img is missing", refused.Message, StringComparison.Ordinal);
    }

    private static Task<PartitionHost> StartAsync(params DeviceBinding[] devices) => PartitionHost.StartAsync(TestSettings.Alone, devices, TextWriter.Null);

    private static DeviceBinding Binding(string name, ScriptedSession session) => new(name, static () => new PlainDevice(), session, new PumpOptions());
}

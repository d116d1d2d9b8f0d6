using Stratos.Actors.Devices;
using Stratos.Actors.Partitions;
using Stratos.Actors.Tests.Testing;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Actors.Tests.Partitions;

/// <summary>Operations of a session through the port, the device actor and back, without queues.</summary>
public sealed class DevicePortTests : IAsyncLifetime
{
    private readonly ScriptedSession _session = new();
    private readonly List<PlainDevice> _made = [];
    private readonly List<string> _told = [];
    private Action _onActivate = static () => { };
    private Action _onReadConfig = static () => { };
    private PartitionHost _partition = null!;

    public async ValueTask InitializeAsync() => _partition = await PartitionHost.StartAsync(
        TestSettings.Alone, [new DeviceBinding("dev0", Make, _session, new PumpOptions())], TextWriter.Null);

    public async ValueTask DisposeAsync() => await _partition.DisposeAsync();

    [Fact]
    public async Task A_device_describes_itself_with_the_fabric_s_ring_features()
    {
        var description = await _session.Perform(new DeviceOperation.Describe());
        Assert.Equal("dev0", description.Name);
        Assert.Equal(VirtioDeviceId.Entropy, description.Id);
        Assert.Equal(VirtioFeatures.Rings, description.Features);
        Assert.Equal(8, description.ConfigLength);
    }

    [Fact]
    public async Task Configuration_is_read_and_written_through_the_actor()
    {
        await _session.Perform(new DeviceOperation.WriteConfig(2, new byte[] { 33, 44 }));
        Assert.Equal([2, 33, 44, 5], await _session.Perform(new DeviceOperation.ReadConfig(1, 4)));
    }

    [Theory]
    [InlineData(0, 9)]
    [InlineData(8, 1)]
    [InlineData(-1, 2)]
    [InlineData(int.MaxValue, 8)]
    [InlineData(0, -1)]
    public async Task Configuration_beyond_the_device_s_is_refused_with_the_numbers(int offset, int length)
    {
        var refused = await Assert.ThrowsAsync<DeviceOperationException>(() => _session.Perform(new DeviceOperation.ReadConfig(offset, length)));
        Assert.StartsWith("dev0 refused ReadConfig:", refused.Message, StringComparison.Ordinal);
        Assert.Contains("the 8 that there are", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_s_state_and_events_reach_the_device()
    {
        using var state = DeviceState.Local(16);
        var events = new RecordedEvents();
        await _session.Perform(new DeviceOperation.Attach(state, events));
        Assert.Same(state, _made[0].Surroundings.State);
        Assert.Equal("dev0", _made[0].Surroundings.Name);
        _made[0].Surroundings.NotifyConfigChanged();
        Assert.Equal(1, events.ConfigChanges);
    }

    [Fact]
    public async Task A_further_session_gets_a_device_of_its_own()
    {
        await Attach();
        await Attach();
        Assert.Equal(2, _made.Count);
        Assert.Equal(["activated", "deactivated", "activated"], _told);
    }

    [Fact]
    public async Task A_device_that_cannot_be_activated_refuses_the_session_and_the_next_may_try_again()
    {
        _onActivate = () => throw new FileNotFoundException("/srv/disk.img is missing");
        var refused = await Assert.ThrowsAsync<DeviceOperationException>(Attach);
        Assert.Contains("/srv/disk.img is missing", refused.Message, StringComparison.Ordinal);
        _onActivate = static () => { };
        await Attach();
        Assert.False(_partition.Terminated.IsCompleted);
    }

    [Fact]
    public async Task A_queue_is_not_started_before_a_session_attached_nor_stopped_if_there_is_none()
    {
        Assert.Equal(QueueState.Initial, await _session.Perform(new DeviceOperation.StopQueue(0)));
        var refused = await Assert.ThrowsAsync<DeviceOperationException>(() => _session.Perform(new DeviceOperation.StopQueue(7)));
        Assert.Contains("queue 7 does not exist; dev0 has queues 0 to 1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_whose_code_throws_is_made_anew_with_its_state_and_the_session_goes_on()
    {
        using var state = DeviceState.Local(16);
        await _session.Perform(new DeviceOperation.Attach(state, new RecordedEvents()));
        _onReadConfig = () => throw new InvalidOperationException("bad luck");
        var failed = await Assert.ThrowsAsync<DeviceOperationException>(() => _session.Perform(new DeviceOperation.ReadConfig(0, 1)));
        Assert.Contains("bad luck", failed.Message, StringComparison.Ordinal);
        _onReadConfig = static () => { };
        Assert.Equal([1], await _session.Perform(new DeviceOperation.ReadConfig(0, 1)));
        Assert.Equal(2, _made.Count);
        Assert.Same(state, _made[1].Surroundings.State);
        Assert.Equal(1, _session.Runs);
    }

    private Task<Done> Attach() => _session.Perform(new DeviceOperation.Attach(DeviceState.Local(16), new RecordedEvents()));

    private PlainDevice Make()
    {
        var device = new PlainDevice
        {
            OnActivate = () =>
            {
                _onActivate();
                _told.Add("activated");
            },
            OnDeactivate = () => _told.Add("deactivated"),
            OnReadConfig = () => _onReadConfig(),
        };
        _made.Add(device);
        return device;
    }
}

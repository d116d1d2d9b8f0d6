using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;
using static Stratos.Transports.VhostUser.Tests.Backend.RawFrontend;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>A ring starts when all of it was said, is restarted around each change, and stops where it stood.</summary>
public sealed class RingTests
{
    [Fact]
    public void A_ring_starts_once_enabled_with_everything_that_was_said()
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open(VirtioFeatures.Version1 | VirtioFeatures.EventIndex);
        using var bells = frontend.SetRing(1, size: 16, start: 5);
        Assert.Empty(device.Running);
        frontend.Enable(1);
        var setup = Assert.Single(device.Running).Value;
        Assert.Equal((1, (ushort)16, (ushort)5), (setup.Index, setup.Size, setup.State.AvailIndex));
        Assert.Equal(VirtioFeatures.Version1 | VirtioFeatures.EventIndex, setup.Features);
        Assert.Equal(new RingAddresses(GuestBase, GuestBase + 0x1000, GuestBase + 0x2000), setup.Addresses);
        bells.Kick.Signal();
        Assert.True(setup.Kick!.TryConsume(out _));
        setup.Call!.Signal();
        Assert.True(bells.Call.TryConsume(out _));
    }

    [Fact]
    public void A_kick_before_the_ring_is_enabled_is_still_in_its_doorbell()
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open();
        using var bells = frontend.SetRing(0);
        bells.Kick.Signal();
        frontend.Enable(0);
        Assert.True(device.Running[0].Kick!.TryConsume(out var count));
        Assert.Equal(1ul, count);
    }

    [Fact]
    public void Without_the_protocol_features_bit_a_ring_begins_enabled()
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open();
        frontend.Tell(FrontendRequest.SetFeatures, Bytes(VirtioFeatures.Version1));
        using var bells = frontend.SetRing(0);
        Assert.Single(device.Running);
    }

    [Fact]
    public void Rings_without_doorbells_are_polled()
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open();
        using var bells = frontend.SetRing(0);
        frontend.Tell(FrontendRequest.SetVringKick, Bytes(VringDescriptor.For(0, false)));
        frontend.Tell(FrontendRequest.SetVringCall, Bytes(VringDescriptor.For(0, false)));
        frontend.Enable(0);
        Assert.Null(device.Running[0].Kick);
        Assert.Null(device.Running[0].Call);
    }

    [Fact]
    public void Stopping_answers_where_the_ring_stood_and_waits_for_the_next_kick()
    {
        var device = new FakeDevice { StopState = setup => setup.State with { AvailIndex = 77, UsedIndex = 77 } };
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open();
        using var bells = frontend.SetRing(0);
        frontend.Enable(0);
        Assert.Equal(Bytes(new VringState(0, 77)), frontend.Ask(FrontendRequest.GetVringBase, Bytes(new VringState(0, 0))));
        Assert.Empty(device.Running);
        Assert.Equal(Bytes(new VringState(0, 77)), frontend.Ask(FrontendRequest.GetVringBase, Bytes(new VringState(0, 0))));
        frontend.Tell(FrontendRequest.SetVringKick, Bytes(VringDescriptor.For(0, true)), bells.Kick.Descriptor);
        Assert.Equal(77, device.Running[0].State.AvailIndex);
    }

    [Theory]
    [InlineData(0x8003_8005u, 5, true, 3, true)]
    [InlineData(0x0000_8005u, 5, true, 5, true)]
    public void Packed_bases_carry_wrap_counters(uint number, int available, bool availableWrap, int used, bool usedWrap)
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open(VirtioFeatures.Version1 | VirtioFeatures.RingPacked);
        using var bells = frontend.SetRing(0, size: 12, start: number);
        frontend.Enable(0);
        var expected = new QueueState((ushort)available, availableWrap, (ushort)used, usedWrap);
        Assert.Equal(expected, device.Running[0].State);
        var answer = number >> 16 == 0 ? number | (number << 16) : number;
        Assert.Equal(Bytes(new VringState(0, answer)), frontend.Ask(FrontendRequest.GetVringBase, Bytes(new VringState(0, 0))));
    }

    [Fact]
    public void In_order_use_begins_at_the_used_index_of_the_ring()
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open(VirtioFeatures.Version1 | VirtioFeatures.InOrder);
        using var mapping = memory.Map(MemoryAccess.ReadWrite);
        mapping.GetSpan(0x2002, 2)[0] = 40;
        using var bells = frontend.SetRing(0, start: 44);
        frontend.Enable(0);
        Assert.Equal(40, device.Running[0].State.AvailIndex);
    }

    [Fact]
    public void Every_change_of_a_running_ring_is_stop_change_start()
    {
        var device = new FakeDevice { StopState = setup => setup.State with { AvailIndex = (ushort)(setup.State.AvailIndex + 1) } };
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open();
        using var bells = frontend.SetRing(0);
        frontend.Enable(0);
        using var call = EventFd.Create();
        frontend.Tell(FrontendRequest.SetVringCall, Bytes(VringDescriptor.For(0, true)), call.Descriptor);
        device.Running[0].Call!.Signal();
        Assert.True(call.TryConsume(out _));
        frontend.Tell(FrontendRequest.SetVringAddr, Bytes(Address(0, at: 0x4000)));
        Assert.Equal(GuestBase + 0x4000, device.Running[0].Addresses.Descriptors);
        frontend.Tell(FrontendRequest.SetVringAddr, Bytes(Address(0, at: 0x4000)));
        Assert.Equal(2, device.Running[0].State.AvailIndex);
        frontend.Enable(0, on: false);
        Assert.Empty(device.Running);
        frontend.Enable(0);
        Assert.Equal(3, device.Running[0].State.AvailIndex);
        frontend.Tell(FrontendRequest.SetFeatures, Bytes(VirtioFeatures.Version1 | VhostFeatures.All));
        Assert.Equal(4, device.Running[0].State.AvailIndex);
    }

    [Fact]
    public void A_failed_ring_rings_its_error_doorbell_and_the_session_stays()
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open();
        using var bells = frontend.SetRing(0);
        frontend.Enable(0);
        device.Events!.QueueFailed(0, "the ring is malformed");
        Poll.Wait(bells.Error.Descriptor, PollEvents.Readable, TimeSpan.FromSeconds(10));
        Assert.True(bells.Error.TryConsume(out _));
        Assert.Equal(0x40ul, frontend.AskNumber(FrontendRequest.GetStatus));
        frontend.Enable(0, on: false);
        frontend.Enable(0);
        Assert.Empty(device.Running);
        frontend.Tell(FrontendRequest.ResetDevice);
        using var again = frontend.SetRing(0);
        frontend.Enable(0);
        Assert.Single(device.Running);
    }

    [Fact]
    public void A_change_of_configuration_goes_over_the_backends_own_channel_once_a_ring_runs()
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open();
        var (mine, theirs) = UnixStream.Pair();
        using (theirs) frontend.Tell(FrontendRequest.SetBackendReqFd, [], theirs.Descriptor);
        using var requests = new RawFrontend(mine);
        device.Events!.ConfigChanged();
        frontend.AskNumber(FrontendRequest.GetFeatures);
        Assert.True(requests.IsSilent);
        using var bells = frontend.SetRing(0);
        frontend.Enable(0);
        requests.ExpectRequest((uint)BackendRequest.ConfigChangeMsg);
        device.Events!.ConfigChanged();
        requests.ExpectRequest((uint)BackendRequest.ConfigChangeMsg);
    }

    [Fact]
    public void When_the_frontend_leaves_its_rings_are_stopped_and_the_device_is_reset()
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using (var frontend = bench.Connect())
        {
            using var memory = frontend.Open();
            using var bells = frontend.SetRing(0);
            frontend.Enable(0);
        }
        WaitFor.Condition(() => device.Count<DeviceOperation.Reset>() == 1, "the device was reset");
        Assert.Empty(device.Running);
    }
}

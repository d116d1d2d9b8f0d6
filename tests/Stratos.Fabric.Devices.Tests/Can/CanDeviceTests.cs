using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Can.Bus;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Can;

/// <summary>Virtio 1.4, section 5.20.</summary>
public sealed class CanDeviceTests
{
    public static TheoryData<string, uint, int, CanFrameFlags> Frames => new()
    {
        { "standard", 0x123, 8, CanFrameFlags.None },
        { "empty", 0x7FF, 0, CanFrameFlags.None },
        { "extended", 0x1FFF_FFFF, 8, CanFrameFlags.Extended },
        { "remote", 0x123, 4, CanFrameFlags.RemoteRequest },
        { "extended remote", 0x1234_5678, 8, CanFrameFlags.RemoteRequest | CanFrameFlags.Extended },
        { "FD", 0x1, 64, CanFrameFlags.FlexibleDataRate },
        { "extended FD", 0x1000_0000, 13, CanFrameFlags.FlexibleDataRate | CanFrameFlags.Extended },
    };

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("can", "VIRTIO_CAN_TX, classic, FD and RTR frames", "5.20.5.2")]
    [Proves("can", "VIRTIO_CAN_RX", "5.20.5.3")]
    public void Frames_go_both_ways_as_they_are(ulong features)
    {
        using CanScene scene = new(features);
        Assert.Equal(CanGuest.Ok, scene.Guest.Start());
        foreach (CanFrame frame in Frames.Select(static row => Filled(row.Data.Item2, row.Data.Item3, row.Data.Item4)))
        {
            Assert.Equal(CanGuest.Ok, scene.Guest.Send(frame));
            Assert.True(scene.Host.TryReceive(out CanFrame sent));
            Assert.Equal(frame.ToString(), sent.ToString());
            (ulong, GuestBuffer) listening = scene.Guest.Listen();
            Assert.True(scene.Host.Send(frame));
            Assert.Equal(frame.ToString(), scene.Guest.Hear(listening).ToString());
        }
    }

    [Fact]
    public void Ten_thousand_frames_both_ways_arrive_once_and_in_order()
    {
        const int Frames = 10_000;
        using CanScene scene = new();
        scene.Guest.Start();
        (ulong, GuestBuffer) listening = scene.Guest.Listen();
        for (int i = 0; i < Frames; i++)
        {
            Assert.True(scene.Host.Send(new CanFrame(1, BitConverter.GetBytes(i))));
            Assert.Equal(i, BitConverter.ToInt32(scene.Guest.Hear(listening).Data));
            listening = scene.Guest.Listen();
            Assert.Equal(CanGuest.Ok, scene.Guest.Send(new CanFrame(2, BitConverter.GetBytes(i))));
            Assert.True(scene.Host.TryReceive(out CanFrame frame));
            Assert.Equal(i, BitConverter.ToInt32(frame.Data));
        }
    }

    [Fact]
    [Proves("can", "initially the controller is STOPPED", "5.20.5.1")]
    public void Before_the_start_frames_are_refused_and_none_is_received()
    {
        using CanScene scene = new();
        (ulong, GuestBuffer) listening = scene.Guest.Listen();
        Assert.True(scene.Host.Send(new CanFrame(1, [1])));
        Assert.Equal(CanGuest.NotOk, scene.Guest.Send(new CanFrame(2, [2])));
        Assert.Equal(CanGuest.Ok, scene.Guest.Start());
        Assert.True(scene.Host.Send(new CanFrame(1, [3])));
        Assert.Equal("001#03", scene.Guest.Hear(listening).ToString());
        Assert.Empty(scene.HostReceives());
    }

    [Fact]
    [Proves("can", "VIRTIO_CAN_SET_CTRL_MODE_STOP cancels pending messages", "5.20.5.1")]
    public void A_stop_cancels_what_waits_and_refuses_what_comes()
    {
        using CanScene scene = new();
        scene.Bus.NeedsAcknowledgement = true;
        scene.Host.Stop();
        scene.Guest.Start();
        var waiting = Enumerable.Range(0, 5).Select(i => scene.Guest.Post(new CanFrame(1, [(byte)i]))).ToList();
        WaitFor.Condition(() => scene.GuestStation.Pending == 5, "five frames on the bus's board");
        Assert.False(scene.Guest.IsDone(waiting[0]));
        Assert.Equal(CanGuest.Ok, scene.Guest.Stop());
        Assert.All(waiting, frame => Assert.Equal(CanGuest.NotOk, scene.Guest.Await(frame)));
        Assert.Equal(CanGuest.NotOk, scene.Guest.Send(new CanFrame(1, [9])));
        scene.Host.Start(TimeSpan.FromSeconds(1));
        scene.Guest.Start();
        Assert.Equal(CanGuest.Ok, scene.Guest.Send(new CanFrame(1, [10])));
        Assert.Equal("001#0A", Assert.Single(scene.HostReceives()).ToString());
        Assert.Equal(CanGuest.Ok, scene.Guest.Start());
    }

    [Fact]
    [Proves("can", "VIRTIO_CAN_F_LATE_TX_ACK", "5.20.5.2")]
    public void Late_acknowledgement_waits_until_the_frame_has_been_on_the_bus()
    {
        ManualClock clock = new();
        using CanScene scene = new(timing: new(500_000, 500_000), time: clock);
        scene.Guest.Start();
        (ulong, GuestBuffer) first = scene.Guest.Post(new CanFrame(1, new byte[8]));
        (ulong, GuestBuffer) second = scene.Guest.Post(new CanFrame(1, new byte[8]));
        WaitFor.Condition(() => scene.Bus.Head == 1 && scene.GuestStation.Pending == 1, "the first frame on the wire");
        clock.Advance(269_999);
        scene.Port.Poll();
        Assert.False(scene.Guest.IsDone(first));
        Assert.Empty(scene.HostReceives());
        clock.Advance(1);
        scene.Port.Poll();
        Assert.Equal(CanGuest.Ok, scene.Guest.Await(first));
        Assert.Single(scene.HostReceives());
        Assert.False(scene.Guest.IsDone(second));
        clock.Advance(270_000);
        scene.Port.Poll();
        Assert.Equal(CanGuest.Ok, scene.Guest.Await(second));
    }

    [Fact]
    public void Without_late_acknowledgement_a_frame_is_done_when_the_bus_has_it()
    {
        using CanScene scene = new(offered: CanScene.AllFeatures & ~CanFeatures.LateAcknowledgement);
        scene.Bus.NeedsAcknowledgement = true;
        scene.Host.Stop();
        scene.Guest.Start();
        Assert.Equal(CanGuest.Ok, scene.Guest.Send(new CanFrame(1, [1])));
        Assert.Equal(1, scene.GuestStation.Pending);
        scene.Host.Start(TimeSpan.FromSeconds(1));
        WaitFor.Condition(() => scene.Host.TryReceive(out _), "the frame");
    }

    [Fact]
    public void A_full_bus_leaves_frames_in_the_ring_until_there_is_room()
    {
        using CanScene scene = new(offered: CanScene.AllFeatures & ~CanFeatures.LateAcknowledgement);
        scene.Bus.NeedsAcknowledgement = true;
        scene.Host.Stop();
        scene.Guest.Start();
        for (int i = 0; i < CanStation.MaxPending; i++) { Assert.Equal(CanGuest.Ok, scene.Guest.Send(new CanFrame(1, [(byte)i]))); }
        var more = Enumerable.Range(CanStation.MaxPending, 4).Select(i => scene.Guest.Post(new CanFrame(1, [(byte)i]))).ToList();
        Assert.False(scene.Guest.IsDone(more[0]));
        scene.Host.Start(TimeSpan.FromSeconds(1));
        Assert.All(more, frame => Assert.Equal(CanGuest.Ok, scene.Guest.Await(frame)));
        List<CanFrame> received = [];
        WaitFor.Condition(() => { received.AddRange(scene.HostReceives()); return received.Count == CanStation.MaxPending + 4; }, "all frames");
        Assert.Equal(Enumerable.Range(0, CanStation.MaxPending + 4), received.Select(static frame => (int)frame.Data[0]));
    }

    [Fact]
    [Proves("can", "VIRTIO_CAN_S_CTRL_BUSOFF and its configuration change", "5.20.5.4")]
    public void Too_many_errors_take_the_controller_off_the_bus_and_a_start_brings_it_back()
    {
        using CanScene scene = new();
        scene.Guest.Start();
        Assert.Equal(0, scene.Guest.Status);
        scene.Bus.InjectErrors(32);
        Assert.Equal(CanGuest.NotOk, scene.Guest.Send(new CanFrame(1, [1])));
        WaitFor.Condition(() => scene.Bench.ConfigChanges == 1, "the configuration change");
        Assert.Equal(1, scene.Guest.Status);
        Assert.Equal(CanGuest.NotOk, scene.Guest.Send(new CanFrame(1, [2])));
        Assert.Empty(scene.HostReceives());
        Assert.Equal(CanGuest.Ok, scene.Guest.Start());
        Assert.Equal(0, scene.Guest.Status);
        Assert.Equal(CanGuest.Ok, scene.Guest.Send(new CanFrame(1, [3])));
        Assert.Equal("001#03", Assert.Single(scene.HostReceives()).ToString());
        Assert.Equal(1, scene.Bench.ConfigChanges);
    }

    [Fact]
    public void The_status_is_read_only()
    {
        using CanScene scene = new();
        scene.Bench.WriteConfig(0, 0xFF, 0xFF);
        Assert.Equal(0, scene.Guest.Status);
    }

    [Fact]
    public void A_reset_stops_the_controller()
    {
        using CanScene scene = new();
        scene.Guest.Start();
        scene.Bench.StopQueue(CanGuest.Transmit);
        scene.Bench.StopQueue(CanGuest.Receive);
        scene.Bench.StopQueue(CanGuest.Control);
        scene.Bench.Port.Perform(new Virtio.Contract.DeviceOperation.Reset());
        Assert.Equal(CanControllerState.Stopped, scene.GuestStation.Controller.State);
    }

    [Fact]
    public void Allocates_nothing_for_a_frame()
    {
        using AllocationMeter meter = new();
        using CanScene scene = new(options: meter.Options);
        scene.Guest.Start();
        (ulong, GuestBuffer) listening = scene.Guest.Listen();
        for (int i = 0; i < 200; i++)
        {
            if (i == 100) { meter.Begin(); }
            scene.Guest.Send(new CanFrame(1, [1, 2, 3]));
            scene.Host.Send(new CanFrame(2, [1, 2, 3]));
            scene.Guest.Hear(listening);
            listening = scene.Guest.Listen();
        }
        Assert.True(meter.Steps > 100);
        Assert.Equal(0, meter.Bytes);
    }

    internal static CanFrame Filled(uint id, int length, CanFrameFlags flags)
    {
        CanFrame frame = new(id, length, flags);
        for (int i = 0; i < frame.DataLength; i++) { frame.WritableData[i] = (byte)(i + 1); }
        return frame;
    }
}

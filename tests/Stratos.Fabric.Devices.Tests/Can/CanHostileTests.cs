using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Can;

/// <summary>What a driver must not do, and what access control forbids: the specified error, and the device goes on.</summary>
public sealed class CanHostileTests
{
    private const uint Fd = (uint)CanFrameFlags.FlexibleDataRate;
    private const uint Rtr = (uint)CanFrameFlags.RemoteRequest;
    private const uint Extended = (uint)CanFrameFlags.Extended;

    [Theory]
    [InlineData(1, 0, 0u, 0x800u)]
    [InlineData(1, 0, Extended, 0x2000_0000u)]
    [InlineData(1, 0, 0u, 0x8000_0001u)]
    [InlineData(1, 9, 0u, 1u)]
    [InlineData(1, 65, Fd, 1u)]
    [InlineData(1, 0xFFFF, Fd, 1u)]
    [InlineData(1, 9, Rtr, 1u)]
    [InlineData(1, 0, Rtr | Fd, 1u)]
    [InlineData(1, 0, 1u, 1u)]
    [InlineData(1, 0, 0x1_0000u, 1u)]
    [InlineData(2, 0, 0u, 1u)]
    [InlineData(0x0101, 0, 0u, 1u)]
    [Proves("can", "can_id, length, flags or type out of range are rejected", "5.20.5.2")]
    public void A_frame_that_does_not_exist_is_refused(int type, int length, uint flags, uint id)
    {
        using CanScene scene = Started();
        Assert.Equal(CanGuest.NotOk, scene.Guest.SendRaw(CanGuest.Message(type, length, flags, id, new byte[Math.Min(length, 100)])));
        AssertAlive(scene);
    }

    [Theory]
    [InlineData(0ul, 0u, false)]
    [InlineData(0ul, Fd, false)]
    [InlineData(1ul, 0u, true)]
    [InlineData(1ul, Fd, false)]
    [InlineData(1ul, Rtr, false)]
    [InlineData(2ul, 0u, false)]
    [InlineData(2ul, Fd, true)]
    [InlineData(5ul, Rtr, true)]
    [InlineData(6ul, Rtr, false)]
    [Proves("can", "a frame type that was not negotiated is rejected", "5.20.5.2")]
    [Proves("can", "VIRTIO_CAN_F_RTR_FRAMES requires VIRTIO_CAN_F_CAN_CLASSIC", "5.20.3.1")]
    public void A_type_that_was_not_negotiated_is_refused_and_not_delivered(ulong negotiated, uint flags, bool passes)
    {
        using CanScene scene = new(offered: negotiated);
        scene.Guest.Start();
        CanFrame frame = new(1, 1, (CanFrameFlags)flags);
        Assert.Equal(passes ? CanGuest.Ok : CanGuest.NotOk, scene.Guest.Send(frame));
        Assert.Equal(passes ? 1 : 0, scene.HostReceives().Count);
        (ulong, GuestBuffer) listening = scene.Guest.Listen();
        scene.Host.Send(frame);
        if (passes) { Assert.Equal(frame.ToString(), scene.Guest.Hear(listening).ToString()); }
        else
        {
            WaitFor.Condition(() => scene.GuestStation.Unread == 0, "the guest's station to look at it");
            Assert.False(scene.Guest.HasHeard(listening));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(19)]
    public void A_message_that_is_cut_is_refused(int length)
    {
        using CanScene scene = Started();
        byte[] whole = CanGuest.Message(1, 4, 0, 1, 1, 2, 3, 4);
        GuestBuffer result = scene.Bench.Buffer(1);
        result.Span[0] = 0xEE;
        uint written = length == 0
            ? scene.Bench.Do(CanGuest.Transmit, result.FromDevice)
            : scene.Bench.Do(CanGuest.Transmit, scene.Bench.Buffer(whole.AsSpan(0, length)).ToDevice, result.FromDevice);
        Assert.Equal(1u, written);
        Assert.Equal(CanGuest.NotOk, result.Span[0]);
        AssertAlive(scene);
    }

    [Fact]
    public void A_message_in_pieces_is_one_message()
    {
        using CanScene scene = Started();
        byte[] whole = CanGuest.Message(1, 4, 0, 1, 1, 2, 3, 4);
        GuestBuffer result = scene.Bench.Buffer(1);
        Assert.Equal(1u, scene.Bench.Do(
            CanGuest.Transmit, scene.Bench.Buffer(whole.AsSpan(0, 3)).ToDevice, scene.Bench.Buffer(whole.AsSpan(3, 14)).ToDevice,
            scene.Bench.Buffer(whole.AsSpan(17)).ToDevice, result.FromDevice));
        Assert.Equal("001#01020304", Assert.Single(scene.HostReceives()).ToString());
    }

    [Fact]
    public void A_frame_without_room_for_its_result_is_not_sent()
    {
        using CanScene scene = Started();
        Assert.Equal(0u, scene.Bench.Do(CanGuest.Transmit, scene.Bench.Buffer(CanGuest.Message(1, 0, 0, 1)).ToDevice));
        Assert.Contains("without room", Assert.Single(scene.Bench.Port.Warnings), StringComparison.Ordinal);
        AssertAlive(scene);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x0200)]
    [InlineData(0x0203)]
    public void An_unknown_command_is_refused(ushort command)
    {
        using CanScene scene = Started();
        Assert.Equal(CanGuest.NotOk, scene.Guest.Command(command));
        AssertAlive(scene);
    }

    [Fact]
    public void A_command_that_is_cut_or_has_no_room_for_its_result_does_nothing()
    {
        using CanScene scene = Started();
        GuestBuffer result = scene.Bench.Buffer(1);
        Assert.Equal(1u, scene.Bench.Do(CanGuest.Control, scene.Bench.Buffer([0x02]).ToDevice, result.FromDevice));
        Assert.Equal(CanGuest.NotOk, result.Span[0]);
        Assert.Equal(0u, scene.Bench.Do(CanGuest.Control, scene.Bench.Buffer([0x02, 0x02]).ToDevice));
        AssertAlive(scene);
    }

    [Fact]
    [Proves("can", "driver: Rxq buffers of at least struct virtio_can_rx", "5.20.4.1")]
    public void A_receive_buffer_that_cannot_take_the_frame_comes_back_empty_and_the_frame_waits_for_the_next()
    {
        using CanScene scene = Started();
        (ulong Cookie, GuestBuffer) small = scene.Guest.Listen(17);
        ulong readable = scene.Bench.Post(CanGuest.Receive, scene.Bench.Buffer(80).ToDevice);
        (ulong, GuestBuffer) good = scene.Guest.Listen();
        scene.Host.Send(new CanFrame(1, [1, 2]));
        Assert.Equal("001#0102", scene.Guest.Hear(good).ToString());
        Assert.Equal(0u, scene.Bench.Await(CanGuest.Receive, small.Cookie));
        Assert.Equal(0u, scene.Bench.Await(CanGuest.Receive, readable));
        Assert.Contains("too small", Assert.Single(scene.Bench.Port.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Access_control_refuses_what_may_not_be_sent_and_hides_what_may_not_be_seen()
    {
        CanAccess access = new(CanIdRanges.Parse("transmit", "100-1FF"), CanIdRanges.Parse("receive", "7DF+18DA0000-18DAFFFF"));
        using CanScene scene = new(access: access);
        scene.Guest.Start();
        Assert.Equal(CanGuest.NotOk, scene.Guest.Send(new CanFrame(0xFF, [1])));
        Assert.Equal(CanGuest.NotOk, scene.Guest.Send(new CanFrame(0x100, [1], CanFrameFlags.Extended)));
        Assert.Equal(CanGuest.Ok, scene.Guest.Send(new CanFrame(0x100, [2])));
        Assert.Equal("100#02", Assert.Single(scene.HostReceives()).ToString());
        (ulong, GuestBuffer) listening = scene.Guest.Listen();
        foreach (uint id in (uint[])[0x7DE, 0x7E0]) { scene.Host.Send(new CanFrame(id, [1])); }
        scene.Host.Send(new CanFrame(0x18DA_10F1, [3], CanFrameFlags.Extended));
        Assert.Equal("18DA10F1#03", scene.Guest.Hear(listening).ToString());
    }

    private static CanScene Started()
    {
        CanScene scene = new();
        Assert.Equal(CanGuest.Ok, scene.Guest.Start());
        return scene;
    }

    /// <summary>Nothing but this was sent.</summary>
    private static void AssertAlive(CanScene scene)
    {
        Assert.Equal(CanGuest.Ok, scene.Guest.Send(new CanFrame(0x7AA, [7])));
        Assert.Equal("7AA#07", Assert.Single(scene.HostReceives()).ToString());
        Assert.Empty(scene.Bench.Port.Ends);
    }
}

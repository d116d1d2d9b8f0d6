using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Devices.Watchdog;
using Stratos.Fabric.Devices.Watchdog.Simulation;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Watchdog;

/// <summary>The protocol in use: one queue, no configuration, one byte.</summary>
public sealed class WatchdogProtocolTests
{

    private static readonly WatchdogOptions s_plain = new() { Timeout = 1000 };

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("watchdog", "a ping is answered by one byte", "docs/standards/virtio-watchdog.md")]
    public void A_ping_is_answered_by_one_byte(ulong features)
    {
        using WatchdogGuest guest = new(s_plain, features);
        for (int i = 0; i < 40; i++) { Assert.Equal(1, guest.Ping()); }
    }

    [Fact]
    [Proves("watchdog", "the protocol in use has one queue, no feature and no configuration", "docs/standards/virtio-watchdog.md")]
    public void Without_the_extension_there_is_nothing_else()
    {
        using WatchdogGuest guest = new(s_plain);
        Assert.Equal((0ul, 0, 1), (guest.Device.Features, guest.Device.ConfigLength, guest.Device.Queues.Count));
    }

    [Fact]
    [Proves("watchdog", "the first ping arms", "docs/standards/virtio-watchdog.md")]
    public void Without_a_first_ping_it_never_expires()
    {
        using WatchdogGuest guest = new(s_plain);
        guest.Pass(1_000_000);
        Assert.Equal(0, guest.Line.Resets);
        guest.Ping();
        guest.Pass(1000);
        Assert.Equal(1, guest.Line.Resets);
    }

    [Fact]
    [Proves("watchdog", "a ping in time puts the expiry off", "docs/standards/virtio-watchdog.md")]
    public void Pings_in_time_keep_the_machine_running()
    {
        using WatchdogGuest guest = new(s_plain);
        for (int i = 0; i < 20; i++)
        {
            guest.Ping();
            guest.Pass(999);
        }
        Assert.Equal(0, guest.Line.Resets);
    }

    [Fact]
    [Proves("watchdog", "an expiry resets the machine once; the next ping arms again", "docs/standards/virtio-watchdog.md")]
    public void It_resets_once_and_is_armed_again_by_the_next_ping()
    {
        using WatchdogGuest guest = new(s_plain);
        guest.Ping();
        guest.Pass(1000);
        Assert.Equal((1, WatchdogCause.Late), (guest.Line.Resets, guest.Line.LastCause));
        Assert.Contains("expired for the 1st time: no ping came in time; the machine was reset", Assert.Single(guest.Bench.Port.Reports), StringComparison.Ordinal);
        guest.Pass(100_000);
        Assert.Equal(1, guest.Line.Resets);
        guest.Ping();
        guest.Pass(999);
        Assert.Equal(1, guest.Line.Resets);
        guest.Pass(1);
        Assert.Equal(2, guest.Line.Resets);
    }

    [Fact]
    public void A_reset_that_fails_is_reported_and_tried_again_and_a_late_ping_does_not_help()
    {
        using WatchdogGuest guest = new(s_plain);
        guest.Line.IsCut = true;
        guest.Ping();
        guest.Pass(1000);
        guest.Ping();
        guest.Pass(1000);
        Assert.Equal(0, guest.Line.Resets);
        Assert.Equal(2, guest.Bench.Port.Reports.Count);
        Assert.EndsWith("tried again: the reset line is cut", guest.Bench.Port.Reports[0], StringComparison.Ordinal);
        guest.Line.IsCut = false;
        guest.Pass(0);
        Assert.Equal(1, guest.Line.Resets);
    }

    [Fact]
    [Proves("watchdog", "a request that is no ping is returned empty and feeds nothing", "docs/standards/virtio-watchdog.md")]
    public void What_is_no_ping_is_returned_empty()
    {
        using WatchdogGuest guest = new(s_plain);
        GuestBuffer buffer = guest.Bench.Buffer(8);
        Assert.Equal(0u, guest.Bench.Do(0, buffer.ToDevice));
        Assert.Equal(0u, guest.Bench.Do(0, buffer.ToDevice, guest.Bench.Buffer(1).FromDevice));
        guest.Pass(1_000_000);
        Assert.Equal(0, guest.Line.Resets);
        Assert.Contains("returned empty", Assert.Single(guest.Bench.Port.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Time_while_the_queue_is_stopped_in_order_does_not_count()
    {
        using WatchdogGuest guest = new(s_plain);
        guest.Ping();
        guest.Pass(600);
        guest.Bench.StopQueue(0);
        guest.Pass(100_000);
        guest.Bench.StartQueue(0);
        guest.Pass(399);
        Assert.Equal(0, guest.Line.Resets);
        guest.Pass(1);
        Assert.Equal(1, guest.Line.Resets);
    }

    [Fact]
    public void With_no_way_out_the_time_counts_on_while_the_queue_is_stopped()
    {
        using WatchdogGuest guest = new(s_plain with { NoWayOut = true });
        guest.Ping();
        guest.Bench.StopQueue(0);
        guest.Pass(999);
        guest.Bench.StartQueue(0);
        // The driver gets a moment to be heard, and no more.
        guest.Pass(99);
        Assert.Equal(0, guest.Line.Resets);
        guest.Pass(1);
        Assert.Equal(1, guest.Line.Resets);
    }

    [Fact]
    [Proves("watchdog", "a reset of the device disarms, unless there is no way out", "docs/standards/virtio-watchdog.md")]
    public void A_reset_of_the_device_disarms_unless_there_is_no_way_out()
    {
        foreach (bool noWayOut in new[] { false, true })
        {
            using WatchdogGuest guest = new(s_plain with { NoWayOut = noWayOut });
            guest.Ping();
            guest.Bench.Port.Perform(new DeviceOperation.Reset());
            guest.Bench.World.Restarted();
            guest.Bench.StartQueue(0);
            guest.Pass(2000);
            Assert.Equal(noWayOut ? 1 : 0, guest.Line.Resets);
        }
    }

    [Fact]
    public void The_thread_of_the_device_resets_in_time_and_reports()
    {
        using ResetBoard line = ResetBoard.Private();
        using DeviceBench bench = new(new WatchdogDevice(new() { Timeout = 150 }, line));
        long begin = Fabric.Linux.MonotonicClock.Nanoseconds;
        bench.Do(0, bench.Buffer(8).FromDevice);
        WaitFor.Condition(() => bench.Port.Reports.Count > 0, "the expiry");
        Assert.True(Fabric.Linux.MonotonicClock.Nanoseconds - begin >= 150_000_000);
        Assert.Equal(1, line.Resets);
        bench.Do(0, bench.Buffer(8).FromDevice);
        WaitFor.Condition(() => bench.Port.Reports.Count > 1, "the second expiry");
        Assert.Equal(2, line.Resets);
    }

    [Fact]
    public void Allocates_nothing_for_a_ping()
    {
        using AllocationMeter meter = new();
        using WatchdogGuest guest = new(s_plain with { Extended = true }, pump: meter.Options);
        GuestBuffer buffer = guest.Bench.Buffer(8);
        GuestBuffer request = guest.Bench.Buffer(8);
        for (int i = 0; i < 200; i++)
        {
            if (i == 100) { meter.Begin(); }
            guest.Bench.Do(0, buffer.FromDevice);
            guest.Bench.Do(0, request.ToDevice, buffer.FromDevice);
        }
        Assert.True(meter.Steps > 200);
        Assert.Equal(0, meter.Bytes);
    }
}

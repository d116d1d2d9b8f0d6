using System.Buffers.Binary;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Devices.Watchdog;
using Stratos.Fabric.Devices.Watchdog.Simulation;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Watchdog;

/// <summary>The extension: docs/standards/virtio-watchdog.md.</summary>
public sealed class WatchdogExtensionTests
{
    private const int Ping = 0, SetTimeout = 1, SetPreTimeout = 2, SetWindow = 3, SetProcessors = 4, Stop = 5, ClearBootStatus = 6;

    private static readonly WatchdogOptions s_extended = new() { Extended = true, Timeout = 1000, Minimum = 100, Maximum = 5000, Processors = 4 };

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("watchdog", "configuration: limits, settings, flags", "docs/standards/virtio-watchdog.md")]
    public void Shows_its_limits_and_settings(ulong features)
    {
        using WatchdogGuest guest = new(s_extended, features);
        Assert.Equal(0x3Ful, guest.Device.Features);
        Assert.Equal([100u, 5000u, 1000u, 0u, 0u, 4u, 0u, 0u, 0u, 0u, 0u, 0u], Enumerable.Range(0, 12).Select(word => guest.Config(word * 4)));
        Assert.Equal(WatchdogGuest.Ok, guest.Ask(SetTimeout, 2000));
        Assert.Equal(WatchdogGuest.Ok, guest.Ask(SetPreTimeout, 500));
        Assert.Equal(WatchdogGuest.Ok, guest.Ask(SetWindow, 50));
        Assert.Equal(WatchdogGuest.Ok, guest.Ask(SetProcessors, 3));
        Assert.Equal(WatchdogGuest.Ok, guest.Ask(Ping, processor: 2));
        Assert.Equal([100u, 5000u, 2000u, 500u, 50u, 4u | (3u << 16), 1u, 0u], Enumerable.Range(0, 8).Select(word => guest.Config(word * 4)));
    }

    [Fact]
    public void Shows_its_limits_before_there_is_a_session()
    {
        using ResetBoard line = ResetBoard.Private();
        byte[] space = new byte[48];
        new WatchdogDevice(s_extended, line).ReadConfig(0, space);
        Assert.Equal(1000u, BinaryPrimitives.ReadUInt32LittleEndian(space.AsSpan(8)));
    }

    [Fact]
    [Proves("watchdog", "features that the set-up does not allow are not offered", "docs/standards/virtio-watchdog.md")]
    public void Offers_what_its_set_up_allows()
    {
        using WatchdogGuest locked = new(s_extended with { NoWayOut = true, Processors = 0 });
        Assert.Equal(WatchdogFeatures.Always, locked.Device.Features);
        Assert.Equal(2u, locked.Config(24));
    }

    [Fact]
    [Proves("watchdog", "settings out of range are refused", "docs/standards/virtio-watchdog.md")]
    public void Settings_that_make_no_sense_are_invalid_and_change_nothing()
    {
        using WatchdogGuest guest = new(s_extended);
        foreach ((int type, uint value) in new[]
        {
            (SetTimeout, 0u), (SetTimeout, 99u), (SetTimeout, 5001u), (SetTimeout, uint.MaxValue), (SetPreTimeout, 1000u), (SetWindow, 1000u),
            (SetProcessors, 5u), (SetProcessors, uint.MaxValue), (Stop, 1u), (ClearBootStatus, 1u), (Ping, 1u),
        })
        {
            Assert.True(guest.Ask(type, value) == WatchdogGuest.Invalid, $"request {type} with {value}");
        }
        Assert.Equal(WatchdogGuest.Invalid, guest.Ask(Ping, processor: 1));
        Assert.Equal(WatchdogGuest.Invalid, guest.Ask(SetTimeout, 500, processor: 1));
        guest.Ask(SetPreTimeout, 500);
        Assert.Equal(WatchdogGuest.Invalid, guest.Ask(SetTimeout, 400));
        Assert.Equal((1000u, 500u, 0u), (guest.Config(8), guest.Config(12), guest.Config(16)));
        Assert.Equal(WatchdogGuest.NotSupported, guest.Ask(7));
        Assert.Equal(WatchdogGuest.NotSupported, guest.Ask(0xFFFF));
        for (int length = 1; length < 8; length++) { Assert.Equal(WatchdogGuest.Invalid, guest.Send(new byte[length])); }
        Assert.False(guest.IsArmed);
    }

    [Fact]
    [Proves("watchdog", "a request whose feature was not negotiated is not supported", "docs/standards/virtio-watchdog.md")]
    public void Without_its_feature_a_request_is_not_supported()
    {
        using WatchdogGuest guest = new(s_extended, negotiated: WatchdogFeatures.Control);
        foreach (int type in new[] { SetPreTimeout, SetWindow, SetProcessors, Stop, ClearBootStatus }) { Assert.Equal(WatchdogGuest.NotSupported, guest.Ask(type)); }
        Assert.Equal(WatchdogGuest.Ok, guest.Ask(SetTimeout, 300));
        using WatchdogGuest plain = new(s_extended, negotiated: 0);
        Assert.Equal(1, plain.Ping());
        GuestBuffer answer = plain.Bench.Buffer(1);
        Assert.Equal(0u, plain.Bench.Do(0, plain.Bench.Buffer(new byte[8]).ToDevice, answer.FromDevice));
    }

    [Fact]
    [Proves("watchdog", "VIRTIO_WATCHDOG_F_STOP", "docs/standards/virtio-watchdog.md")]
    public void May_be_stopped_and_is_armed_by_the_next_ping()
    {
        using WatchdogGuest guest = new(s_extended);
        guest.Ping();
        Assert.Equal(WatchdogGuest.Ok, guest.Ask(Stop));
        Assert.False(guest.IsArmed);
        guest.Pass(10_000);
        guest.Ping();
        guest.Pass(1000);
        Assert.Equal(1, guest.Line.Resets);
    }

    [Fact]
    [Proves("watchdog", "no way out: once armed nothing can be changed", "docs/standards/virtio-watchdog.md")]
    public void With_no_way_out_nothing_changes_once_it_is_armed()
    {
        using WatchdogGuest guest = new(s_extended with { NoWayOut = true });
        Assert.Equal(WatchdogGuest.Ok, guest.Ask(SetTimeout, 500));
        guest.Ping();
        foreach (int type in new[] { SetTimeout, SetPreTimeout, SetWindow, SetProcessors }) { Assert.Equal(WatchdogGuest.Locked, guest.Ask(type, 200)); }
        Assert.Equal(WatchdogGuest.NotSupported, guest.Ask(Stop));
        Assert.Equal(500u, guest.Config(8));
        guest.Pass(500);
        Assert.Equal(1, guest.Line.Resets);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("watchdog", "VIRTIO_WATCHDOG_F_PRETIMEOUT", "docs/standards/virtio-watchdog.md")]
    public void Tells_the_driver_once_that_the_time_is_nearly_over(ulong features)
    {
        using WatchdogGuest guest = new(s_extended, features);
        guest.Ask(SetPreTimeout, 300);
        GuestBuffer[] buffers = [guest.Bench.Buffer(8), guest.Bench.Buffer(8)];
        ulong[] posted = [.. buffers.Select(buffer => guest.Bench.Post(1, buffer.FromDevice))];
        for (int i = 0; i < 2; i++)
        {
            guest.Ping();
            guest.Pass(699);
            Assert.False(guest.Bench.IsUsed(1, posted[i]));
            guest.Pass(51);
            Assert.Equal(8u, guest.Bench.Await(1, posted[i]));
            Assert.Equal([0, 0, 0, 0], buffers[i].Span[..4].ToArray());
            Assert.Equal(250u, BinaryPrimitives.ReadUInt32LittleEndian(buffers[i].Span[4..]));
            guest.Pass(100);
        }
        Assert.Equal(0, guest.Line.Resets);
        guest.Pass(150);
        Assert.Equal(1, guest.Line.Resets);
    }

    [Fact]
    [Proves("watchdog", "VIRTIO_WATCHDOG_F_WINDOW", "docs/standards/virtio-watchdog.md")]
    public void A_ping_before_the_window_is_open_is_an_expiry()
    {
        using WatchdogGuest guest = new(s_extended);
        guest.Ask(SetWindow, 200);
        guest.Ping();
        guest.Pass(200);
        guest.Ping();
        guest.Pass(199);
        Assert.Equal(0, guest.Line.Resets);
        guest.Ping();
        guest.Pass(0);
        Assert.Equal((1, WatchdogCause.Early), (guest.Line.Resets, guest.Line.LastCause));
        Assert.Equal((2u, 1u), (guest.Config(28), guest.Config(40)));
    }

    [Fact]
    [Proves("watchdog", "VIRTIO_WATCHDOG_F_VCPU", "docs/standards/virtio-watchdog.md")]
    public void Every_processor_must_ping_and_the_silent_ones_are_named()
    {
        using WatchdogGuest guest = new(s_extended);
        guest.Ask(SetProcessors, 4);
        for (int round = 0; round < 5; round++)
        {
            for (int cpu = 0; cpu < 4; cpu++) { Assert.Equal(WatchdogGuest.Ok, guest.Ask(Ping, processor: 3 - cpu)); }
            guest.Pass(900);
        }
        Assert.Equal(0, guest.Line.Resets);
        foreach (int cpu in new[] { 0, 2, 0, 2 }) { guest.Ask(Ping, processor: cpu); }
        guest.Pass(100);
        Assert.Equal(1, guest.Line.Resets);
        Assert.Equal(WatchdogCause.Late | WatchdogCause.SilentProcessors, guest.Line.LastCause);
        Assert.Equal((5u, 0b1010u), (guest.Config(28), guest.Config(32)));
        Assert.Contains("silent virtual processors: 1, 3;", Assert.Single(guest.Bench.Port.Reports), StringComparison.Ordinal);
    }

    [Fact]
    [Proves("watchdog", "VIRTIO_WATCHDOG_F_BOOT_STATUS", "docs/standards/virtio-watchdog.md")]
    public void Says_after_the_reset_why_it_expired_until_that_is_cleared()
    {
        using WatchdogGuest guest = new(s_extended);
        guest.Ask(SetTimeout, 200);
        guest.Ping();
        guest.Pass(200);
        guest.Bench.Port.Perform(new DeviceOperation.Reset());
        guest.Bench.World.Restarted();
        guest.Bench.StartQueue(0);
        guest.Bench.StartQueue(1);
        Assert.Equal((1u, 1u, 1000u), (guest.Config(28), guest.Config(40), guest.Config(8)));
        Assert.Equal(WatchdogGuest.Ok, guest.Ask(ClearBootStatus));
        Assert.Equal((0u, 1u), (guest.Config(28), guest.Config(40)));
    }

    [Fact]
    [Proves("watchdog", "the configuration cannot be written", "docs/standards/virtio-watchdog.md")]
    public void The_configuration_is_read_only()
    {
        using WatchdogGuest guest = new(s_extended);
        byte[] before = guest.Bench.ReadConfig(0, 48);
        guest.Bench.WriteConfig(0, [.. Enumerable.Repeat((byte)0xFF, 48)]);
        Assert.Equal(before, guest.Bench.ReadConfig(0, 48));
    }

    [Fact]
    public void The_driver_hears_of_an_expiry_by_a_configuration_change()
    {
        using WatchdogGuest guest = new(s_extended);
        guest.Ping();
        Assert.Equal(0, guest.Bench.ConfigChanges);
        guest.Pass(1000);
        Assert.True(guest.Bench.ConfigChanges > 0);
    }
}

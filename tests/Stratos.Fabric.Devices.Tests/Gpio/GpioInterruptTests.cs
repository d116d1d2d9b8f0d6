using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Gpio;

/// <summary>Interrupts on the eventq (virtio 1.4, sections 5.18.6.6 and 5.18.7).</summary>
public sealed class GpioInterruptTests : IDisposable
{
    private readonly GpioBank _bank = GpioBank.Private(8);

    public void Dispose() => _bank.Dispose();

    [Theory]
    [InlineData(GpioGuest.Rising, 2)]
    [InlineData(GpioGuest.Falling, 2)]
    [InlineData(GpioGuest.Both, 4)]
    [Proves("gpio", "VIRTIO_GPIO_F_IRQ: edge interrupts", "5.18.6.6")]
    public void Each_edge_of_the_type_is_an_interrupt(uint type, int expected)
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        guest.Enable(2, type);
        GpioGuest.Unmasked unmasked = guest.Unmask(2);
        int heard = 0;
        for (int edge = 0; edge < 4; edge++)
        {
            Assert.True(guest.IsWaiting(unmasked));
            _bank.Drive(2, edge % 2 == 0);
            if (type != GpioGuest.Both && edge % 2 != (type == GpioGuest.Rising ? 0 : 1)) { continue; }
            Assert.Equal(GpioGuest.Valid, guest.Hear(unmasked));
            unmasked = guest.Unmask(2);
            heard++;
        }
        Assert.Equal(expected, heard);
    }

    [Theory]
    [MemberData(nameof(RingKinds.OutOfOrder), MemberType = typeof(RingKinds))]
    [Proves("gpio", "an edge interrupt is latched while it is enabled and masked", "5.18.6.9")]
    public void Edges_of_a_masked_line_wait_for_the_driver(ulong features)
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)), features);
        GpioGuest guest = new(bench);
        guest.Enable(0, GpioGuest.Both);
        for (int edge = 0; edge < 3; edge++) { _bank.Drive(0, edge % 2 == 0); }
        for (int edge = 0; edge < 3; edge++) { Assert.Equal(GpioGuest.Valid, guest.Hear(guest.Unmask(0))); }
        Assert.True(guest.IsWaiting(guest.Unmask(0)));
    }

    [Fact]
    public void Edges_beyond_the_latch_are_merged_and_told_once()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank), latch: 2));
        GpioGuest guest = new(bench);
        guest.Enable(0, GpioGuest.Rising);
        for (int edge = 0; edge < 20; edge++) { _bank.Drive(0, edge % 2 == 0); }
        Assert.Equal(GpioGuest.Valid, guest.Hear(guest.Unmask(0)));
        Assert.Equal(GpioGuest.Valid, guest.Hear(guest.Unmask(0)));
        Assert.True(guest.IsWaiting(guest.Unmask(0)));
        Assert.Contains(bench.Port.Warnings, static line => line.Contains("merged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(GpioGuest.High)]
    [InlineData(GpioGuest.Low)]
    [Proves("gpio", "a level interrupt is not latched, and repeats while the level lasts", "5.18.6.9")]
    public void A_level_is_an_interrupt_as_long_as_it_lasts(uint type)
    {
        bool active = type == GpioGuest.High;
        _bank.Drive(4, !active);
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        guest.Enable(4, type);
        _bank.Drive(4, active);
        _bank.Drive(4, !active);
        GpioGuest.Unmasked unmasked = guest.Unmask(4);
        Assert.True(guest.IsWaiting(unmasked));
        _bank.Drive(4, active);
        Assert.Equal(GpioGuest.Valid, guest.Hear(unmasked));
        Assert.Equal(GpioGuest.Valid, guest.Hear(guest.Unmask(4)));
        _bank.Drive(4, !active);
        Assert.True(guest.IsWaiting(guest.Unmask(4)));
    }

    [Theory]
    [MemberData(nameof(RingKinds.OutOfOrder), MemberType = typeof(RingKinds))]
    [Proves("gpio", "SET_IRQ_TYPE none returns the line's buffer as VIRTIO_GPIO_IRQ_STATUS_INVALID", "5.18.7.3")]
    [Proves("gpio", "a latched interrupt is discarded when the interrupt is disabled", "5.18.6.9")]
    public void Disabling_returns_the_buffer_and_forgets_what_is_latched(ulong features)
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)), features);
        GpioGuest guest = new(bench);
        guest.Enable(1, GpioGuest.Rising);
        GpioGuest.Unmasked unmasked = guest.Unmask(1);
        Assert.True(guest.IsWaiting(unmasked));
        guest.Get(GpioGuest.SetInterrupt, 1, GpioGuest.None);
        Assert.Equal(GpioGuest.Invalid, guest.Hear(unmasked));
        guest.Get(GpioGuest.SetInterrupt, 1, GpioGuest.Rising);
        _bank.Drive(1, true);
        guest.Get(GpioGuest.SetInterrupt, 1, GpioGuest.None);
        guest.Get(GpioGuest.SetInterrupt, 1, GpioGuest.Rising);
        Assert.True(guest.IsWaiting(guest.Unmask(1)));
    }

    [Fact]
    [Proves("gpio", "no interrupt unless the line is enabled and unmasked", "5.18.7.3")]
    [Proves("gpio", "a line that is unmasked without being enabled gets its buffer back as invalid", "5.18.6.6")]
    public void A_buffer_for_a_line_that_is_not_enabled_comes_back_as_invalid()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        guest.Get(GpioGuest.SetDirection, 0, GpioGuest.In);
        _bank.Drive(0, true);
        Assert.Equal(GpioGuest.Invalid, guest.Hear(guest.Unmask(0)));
        Assert.Equal(GpioGuest.Invalid, guest.Hear(guest.Unmask(8)));
    }

    [Fact]
    [Proves("gpio", "several buffers for one line: the second comes back", "5.18.7.2")]
    public void A_second_buffer_for_a_line_comes_back_and_the_first_serves_on()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        guest.Enable(0, GpioGuest.Rising);
        GpioGuest.Unmasked first = guest.Unmask(0);
        Assert.Equal(GpioGuest.Invalid, guest.Hear(guest.Unmask(0)));
        _bank.Drive(0, true);
        Assert.Equal(GpioGuest.Valid, guest.Hear(first));
        Assert.Contains("second buffer", Assert.Single(bench.Port.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    [Proves("gpio", "the trigger type changes only over none", "5.18.6.8")]
    public void Another_type_is_refused_while_one_is_enabled_and_the_same_changes_nothing()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        guest.Enable(0, GpioGuest.Rising);
        _bank.Drive(0, true);
        Assert.Equal((GpioGuest.Error, 0), guest.Ask(GpioGuest.SetInterrupt, 0, GpioGuest.Falling));
        guest.Get(GpioGuest.SetInterrupt, 0, GpioGuest.Rising);
        Assert.Equal(GpioGuest.Valid, guest.Hear(guest.Unmask(0)));
    }

    [Fact]
    [Proves("gpio", "no interrupt on an output", "5.18.6.8")]
    public void An_output_makes_no_interrupts_and_a_line_that_does_becomes_no_output()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        guest.Get(GpioGuest.SetDirection, 0, GpioGuest.Out);
        Assert.Equal((GpioGuest.Error, 0), guest.Ask(GpioGuest.SetInterrupt, 0, GpioGuest.Rising));
        guest.Enable(1, GpioGuest.Rising);
        Assert.Equal((GpioGuest.Error, 0), guest.Ask(GpioGuest.SetDirection, 1, GpioGuest.Out));
        Assert.Equal(GpioGuest.In, guest.Get(GpioGuest.GetDirection, 1));
    }

    [Fact]
    [Proves("gpio", "no interrupt request without VIRTIO_GPIO_F_IRQ", "5.18.6.8")]
    public void Interrupts_are_refused_where_the_feature_was_not_negotiated()
    {
        using GuestWorld world = new(new GpioDevice(new GpioBankPort(GpioBank.Private(8))), GuestWorld.Split);
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)), world);
        GpioGuest guest = new(bench);
        Assert.Equal((GpioGuest.Error, 0), guest.Ask(GpioGuest.SetInterrupt, 0, GpioGuest.Rising));
        Assert.Equal(GpioGuest.Invalid, guest.Hear(guest.Unmask(0)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(0, 1)]
    [InlineData(2, 0)]
    [Proves("gpio", "an event buffer of another shape comes back", "5.18.7.2")]
    public void A_buffer_of_another_shape_comes_back(int readable, int writable)
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        new GpioGuest(bench).Enable(0, GpioGuest.Rising);
        List<DriverBuffer> buffers = [];
        if (readable > 0) { buffers.Add(bench.Buffer(new byte[readable]).ToDevice); }
        if (writable > 0) { buffers.Add(bench.Buffer([0xAA]).FromDevice); }
        Assert.Equal((uint)writable, bench.Do(GpioGuest.Events, [.. buffers]));
        Assert.Single(bench.Port.Warnings);
    }

    [Theory]
    [MemberData(nameof(RingKinds.OutOfOrder), MemberType = typeof(RingKinds))]
    public void Lines_get_their_interrupts_in_whatever_order_they_come(ulong features)
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)), features);
        GpioGuest guest = new(bench);
        GpioGuest.Unmasked[] unmasked = new GpioGuest.Unmasked[6];
        for (ushort line = 0; line < unmasked.Length; line++)
        {
            guest.Enable(line, GpioGuest.Both);
            unmasked[line] = guest.Unmask(line);
        }
        foreach (int line in new[] { 5, 0, 3, 1, 4, 2 })
        {
            _bank.Drive(line, true);
            Assert.Equal(GpioGuest.Valid, guest.Hear(unmasked[line]));
        }
    }

    [Fact]
    public void A_stopped_queue_gives_the_buffers_back_and_its_next_start_takes_them_again()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        guest.Enable(0, GpioGuest.Rising);
        GpioGuest.Unmasked unmasked = guest.Unmask(0);
        Assert.True(guest.IsWaiting(unmasked));
        bench.StopQueue(GpioGuest.Events);
        _bank.Drive(0, true);
        bench.StartQueue(GpioGuest.Events);
        Assert.Equal(GpioGuest.Valid, guest.Hear(unmasked));
        Assert.True(guest.IsWaiting(guest.Unmask(0)));
    }

    [Fact]
    public void Allocates_nothing_for_an_interrupt()
    {
        using AllocationMeter meter = new();
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)), options: meter.Options);
        GpioGuest guest = new(bench);
        guest.Enable(0, GpioGuest.Both);
        GuestBuffer request = bench.Buffer(2);
        GuestBuffer response = bench.Buffer(1);
        for (int i = 0; i < 200; i++)
        {
            if (i == 100) { meter.Begin(); }
            ulong cookie = bench.Post(GpioGuest.Events, request.ToDevice, response.FromDevice);
            _bank.Drive(0, i % 2 == 0);
            bench.Await(GpioGuest.Events, cookie);
            Assert.Equal(GpioGuest.Valid, response.Span[0]);
        }
        Assert.True(meter.Steps > 100);
        Assert.Equal(0, meter.Bytes);
    }
}

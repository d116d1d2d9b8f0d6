using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Gpio;

/// <summary>The requestq and the configuration (virtio 1.4, sections 5.18.4 and 5.18.6).</summary>
public sealed class GpioRequestTests : IDisposable
{
    private readonly GpioBank _bank = GpioBank.Private(8);

    public void Dispose() => _bank.Dispose();

    [Theory]
    [MemberData(nameof(RingKinds.OutOfOrder), MemberType = typeof(RingKinds))]
    [Proves("gpio", "VIRTIO_GPIO_MSG_SET_DIRECTION and GET_DIRECTION", "5.18.6.3")]
    [Proves("gpio", "VIRTIO_GPIO_MSG_SET_VALUE: the value is used when the line becomes an output", "5.18.6.5")]
    public void An_output_has_the_value_that_was_set_before_from_its_first_moment_on(ulong features)
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)), features);
        GpioGuest guest = new(bench);
        Assert.Equal(GpioGuest.None, guest.Get(GpioGuest.GetDirection, 3));
        Assert.Equal(0, guest.Get(GpioGuest.SetValue, 3, 1));
        Assert.False(_bank.Inspect(3).Level);
        Assert.Equal(0, guest.Get(GpioGuest.SetDirection, 3, GpioGuest.Out));
        Assert.Equal(GpioGuest.Out, guest.Get(GpioGuest.GetDirection, 3));
        Assert.True(_bank.Inspect(3) is { Level: true, Transitions: 1, Direction: GpioDirection.Output });
        guest.Get(GpioGuest.SetValue, 3, 0);
        Assert.True(_bank.Inspect(3) is { Level: false, Rises: 1, Falls: 1 });
        Assert.Equal(0, guest.Get(GpioGuest.GetValue, 3));
    }

    [Theory]
    [MemberData(nameof(RingKinds.OutOfOrder), MemberType = typeof(RingKinds))]
    [Proves("gpio", "VIRTIO_GPIO_MSG_GET_VALUE", "5.18.6.4")]
    public void An_input_is_sensed(ulong features)
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)), features);
        GpioGuest guest = new(bench);
        guest.Get(GpioGuest.SetDirection, 7, GpioGuest.In);
        Assert.Equal(0, guest.Get(GpioGuest.GetValue, 7));
        _bank.Drive(7, true);
        Assert.Equal(1, guest.Get(GpioGuest.GetValue, 7));
    }

    [Fact]
    [Proves("gpio", "struct virtio_gpio_config, all fields", "5.18.6.9")]
    [Proves("gpio", "VIRTIO_GPIO_MSG_GET_LINE_NAMES", "5.18.6.1")]
    public void Names_come_as_zero_terminated_strings_in_the_order_of_the_lines()
    {
        using DeviceBench bench = new(GpioDevice.Create(new() { Bank = 5, Names = ["MMC-CD", "", "ethernet reset"] }));
        byte[] names = "MMC-CD\0\0ethernet reset\0\0\0"u8.ToArray();
        Assert.Equal([5, 0, 0, 0, (byte)names.Length, 0, 0, 0], bench.ReadConfig(0, 8));
        GpioGuest guest = new(bench);
        GuestBuffer response = bench.Buffer(names.Length + 1);
        response.Span.Fill(0xAA);
        Assert.Equal((uint)names.Length + 1, bench.Do(0, guest.Request(GpioGuest.GetNames, 0, 0).ToDevice, response.FromDevice));
        Assert.Equal([GpioGuest.Ok, .. names], response.Span.ToArray());
    }

    [Fact]
    [Proves("gpio", "gpio_names_size is zero without names", "5.18.6.9")]
    public void A_device_without_names_says_so_and_refuses_to_tell_them()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        Assert.Equal([8, 0, 0, 0, 0, 0, 0, 0], bench.ReadConfig(0, 8));
        Assert.Equal((GpioGuest.Error, 0), new GpioGuest(bench).Ask(GpioGuest.GetNames, 0));
    }

    [Fact]
    [Proves("gpio", "SET_DIRECTION none discards all state of the line", "5.18.6.9")]
    public void A_line_out_of_use_is_forgotten()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        guest.Get(GpioGuest.SetValue, 1, 1);
        guest.Get(GpioGuest.SetDirection, 1, GpioGuest.Out);
        guest.Get(GpioGuest.SetDirection, 1, GpioGuest.None);
        Assert.True(_bank.Inspect(1) is { Direction: GpioDirection.None, Level: false });
        guest.Get(GpioGuest.SetDirection, 1, GpioGuest.Out);
        Assert.False(_bank.Inspect(1).Level);

        guest.Enable(2, GpioGuest.Rising);
        _bank.Drive(2, true);
        GpioGuest.Unmasked latched = guest.Unmask(2);
        Assert.Equal(GpioGuest.Valid, guest.Hear(latched));
        _bank.Drive(2, false);
        _bank.Drive(2, true);
        guest.Get(GpioGuest.SetDirection, 2, GpioGuest.None);
        guest.Enable(2, GpioGuest.Rising);
        GpioGuest.Unmasked waiting = guest.Unmask(2);
        Assert.True(guest.IsWaiting(waiting));
        guest.Get(GpioGuest.SetDirection, 2, GpioGuest.None);
        Assert.Equal(GpioGuest.Invalid, guest.Hear(waiting));
    }

    [Theory]
    [InlineData(0, 0, 0u)]
    [InlineData(7, 0, 0u)]
    [InlineData(0xFFFF, 0, 0u)]
    [InlineData(GpioGuest.GetValue, 8, 0u)]
    [InlineData(GpioGuest.SetDirection, 0xFFFF, GpioGuest.Out)]
    [InlineData(GpioGuest.SetDirection, 0, 3u)]
    [InlineData(GpioGuest.SetDirection, 0, 0x0100_0001u)]
    [InlineData(GpioGuest.SetValue, 0, 2u)]
    [InlineData(GpioGuest.SetValue, 0, 0xFFFF_FFFFu)]
    [InlineData(GpioGuest.SetInterrupt, 0, 5u)]
    [InlineData(GpioGuest.SetInterrupt, 0, 0x0000_0101u)]
    [Proves("gpio", "a request that is not allowed gets VIRTIO_GPIO_STATUS_ERR, with all fields set", "5.18.6.9")]
    public void A_request_that_makes_no_sense_gets_the_error_status_and_has_no_effect(ushort type, ushort line, uint value)
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        Assert.Equal((GpioGuest.Error, 0), guest.Ask(type, line, value));
        Assert.Equal(GpioGuest.None, guest.Get(GpioGuest.GetDirection, 0));
        Assert.Equal(0ul, _bank.Inspect(0).Transitions);
        Assert.Single(bench.Port.Warnings);
    }

    [Theory]
    [InlineData(7, 2, 2u)]
    [InlineData(9, 2, 2u)]
    [InlineData(0, 2, 2u)]
    [InlineData(8, 1, 1u)]
    [InlineData(8, 0, 0u)]
    [Proves("gpio", "a request that is not a request and a response buffer is refused", "5.18.6.8")]
    public void A_request_of_another_shape_is_refused_in_the_room_that_it_has(int readable, int writable, uint written)
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        byte[] request = [.. guest.Request(GpioGuest.SetDirection, 0, GpioGuest.Out).Span, 0];
        GuestBuffer response = bench.Buffer(Math.Max(writable, 1));
        response.Span.Fill(0xAA);
        List<DriverBuffer> buffers = [];
        if (readable > 0) { buffers.Add(bench.Buffer(request.AsSpan(0, readable)).ToDevice); }
        if (writable > 0) { buffers.Add(response.FromDevice); }
        Assert.Equal(written, bench.Do(0, [.. buffers]));
        Assert.Equal(writable > 0 ? GpioGuest.Error : (byte)0xAA, response.Span[0]);
        Assert.Equal(GpioDirection.None, _bank.Inspect(0).Direction);
    }

    [Fact]
    public void A_request_may_be_scattered_over_buffers()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GuestBuffer request = new GpioGuest(bench).Request(GpioGuest.SetDirection, 4, GpioGuest.Out);
        GuestBuffer response = bench.Buffer(2);
        Assert.Equal(2u, bench.Do(0, request.Slice(0, 1).ToDevice, request.Slice(1, 4).ToDevice, request.Slice(5, 3).ToDevice, response.Slice(0, 1).FromDevice, response.Slice(1, 1).FromDevice));
        Assert.Equal(GpioDirection.Output, _bank.Inspect(4).Direction);
    }

    [Fact]
    public void Names_without_room_for_them_are_refused()
    {
        using DeviceBench bench = new(GpioDevice.Create(new() { Bank = 2, Names = ["door"] }));
        Assert.Equal((GpioGuest.Error, 0), new GpioGuest(bench).Ask(GpioGuest.GetNames, 0));
    }

    [Fact]
    public void A_fault_of_the_host_is_the_error_status_and_the_line_stays_what_it_was()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        _bank.Fail(5, operations: 2);
        Assert.Equal((GpioGuest.Error, 0), guest.Ask(GpioGuest.SetDirection, 5, GpioGuest.Out));
        Assert.Equal((GpioGuest.Error, 0), guest.Ask(GpioGuest.GetValue, 5));
        Assert.Equal(GpioGuest.None, guest.Get(GpioGuest.GetDirection, 5));
        guest.Get(GpioGuest.SetDirection, 5, GpioGuest.Out);
        _bank.Fail(5, operations: 1, Errno.EBUSY);
        Assert.Equal((GpioGuest.Error, 0), guest.Ask(GpioGuest.SetValue, 5, 1));
        guest.Get(GpioGuest.SetDirection, 5, GpioGuest.In);
        guest.Get(GpioGuest.SetDirection, 5, GpioGuest.Out);
        Assert.False(_bank.Inspect(5).Level);
    }

    [Fact]
    public void A_reset_puts_all_lines_out_of_use()
    {
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)));
        GpioGuest guest = new(bench);
        guest.Get(GpioGuest.SetValue, 0, 1);
        guest.Get(GpioGuest.SetDirection, 0, GpioGuest.Out);
        guest.Enable(1, GpioGuest.Both);
        bench.Port.Perform(new Virtio.Contract.DeviceOperation.Reset());
        Assert.True(_bank.Inspect(0) is { Direction: GpioDirection.None, Level: false });
        Assert.True(_bank.Inspect(1) is { Direction: GpioDirection.None, Listening: GpioInterruptType.None });
        Assert.False(bench.World.State.Bytes.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void Allocates_nothing_for_a_request()
    {
        using AllocationMeter meter = new();
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(_bank)), options: meter.Options);
        GpioGuest guest = new(bench);
        guest.Get(GpioGuest.SetDirection, 0, GpioGuest.Out);
        GuestBuffer request = guest.Request(GpioGuest.SetValue, 0, 1);
        GuestBuffer response = bench.Buffer(2);
        for (int i = 0; i < 200; i++)
        {
            if (i == 100) { meter.Begin(); }
            request.Span[4] = (byte)(i & 1);
            bench.Do(0, request.ToDevice, response.FromDevice);
        }
        Assert.True(meter.Steps > 100);
        Assert.Equal(0, meter.Bytes);
    }
}

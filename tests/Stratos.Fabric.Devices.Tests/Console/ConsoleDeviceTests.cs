using System.Text;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Console;

/// <summary>A console with one port (virtio 1.4, sections 5.3.4 to 5.3.6).</summary>
public sealed class ConsoleDeviceTests
{
    private readonly PlayedTerminal _terminal = new();

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Shows_output_in_order(ulong features)
    {
        using DeviceBench bench = Bench(features);
        for (int i = 0; i < 50; i++) { bench.Do(1, bench.Buffer(Encoding.ASCII.GetBytes($"line {i}\n")).ToDevice); }
        string expected = string.Concat(Enumerable.Range(0, 50).Select(static i => $"line {i}\n"));
        Assert.Equal(expected, Encoding.ASCII.GetString(_terminal.ShownNow()));
    }

    [Fact]
    public void Output_of_several_elements_and_many_bytes_comes_out_whole()
    {
        using DeviceBench bench = Bench();
        byte[] bytes = [.. Enumerable.Range(0, 20_000).Select(static i => (byte)(i * 31))];
        GuestBuffer buffer = bench.Buffer(bytes);
        Assert.Equal(0u, bench.Do(1, buffer.Slice(0, 3).ToDevice, buffer.Slice(3, 9_997).ToDevice, buffer.Slice(10_000, 10_000).ToDevice));
        Assert.Equal(bytes, _terminal.ShownNow());
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Buffers_stay_in_the_ring_until_there_is_input(ulong features)
    {
        using DeviceBench bench = Bench(features);
        GuestBuffer[] buffers = [bench.Buffer(4), bench.Buffer(4), bench.Buffer(4)];
        ulong[] cookies = [.. buffers.Select(buffer => bench.Post(0, buffer.FromDevice))];
        bench.Do(1, bench.Buffer(1).ToDevice);
        Assert.Equal(0ul, bench.Port.Counters(0).Fetched);
        _terminal.Type("abcdef"u8);
        Assert.Equal(4u, bench.Await(0, cookies[0]));
        Assert.Equal(2u, bench.Await(0, cookies[1]));
        Assert.Equal("abcd"u8, buffers[0].Span);
        Assert.Equal("ef"u8, buffers[1].Span[..2]);
        Assert.False(bench.IsUsed(0, cookies[2]));
        _terminal.Type("g"u8);
        Assert.Equal(1u, bench.Await(0, cookies[2]));
        Assert.Equal(7, _terminal.Taken);
    }

    [Fact]
    public void A_slow_terminal_holds_requests_back_and_loses_none()
    {
        using DeviceBench bench = Bench();
        _terminal.Change(static terminal => terminal.Room = 5);
        ulong first = bench.Post(1, bench.Buffer("12345678"u8).ToDevice);
        ulong second = bench.Post(1, bench.Buffer("abc"u8).ToDevice);
        WaitFor.Condition(() => _terminal.ShownNow().Length == 5, "the part that there was room for");
        Assert.False(bench.IsUsed(1, first));
        _terminal.Change(static terminal => terminal.Room = 4);
        bench.Await(1, first);
        WaitFor.Condition(() => _terminal.ShownNow().Length == 9, "the first byte of the second request");
        Assert.False(bench.IsUsed(1, second));
        _terminal.Change(static terminal => terminal.Room = 100);
        bench.Await(1, second);
        Assert.Equal("12345678abc"u8, _terminal.ShownNow());
    }

    [Fact]
    public void A_stop_and_start_while_output_is_stalled_goes_on_at_the_same_byte()
    {
        using DeviceBench bench = Bench();
        _terminal.Change(static terminal => terminal.Room = 3);
        ulong first = bench.Post(1, bench.Buffer("abcdef"u8).ToDevice);
        ulong second = bench.Post(1, bench.Buffer("gh"u8).ToDevice);
        WaitFor.Condition(() => _terminal.ShownNow().Length == 3, "the part that there was room for");
        bench.StopQueue(1);
        _terminal.Change(static terminal => terminal.Room = 100);
        bench.StartQueue(1);
        bench.Await(1, first);
        bench.Await(1, second);
        Assert.Equal("abcdefgh"u8, _terminal.ShownNow());
    }

    [Fact]
    public void A_terminal_that_is_replaced_gets_what_the_old_one_did_not()
    {
        using DeviceBench bench = Bench();
        _terminal.Change(static terminal => terminal.Room = 3);
        ulong first = bench.Post(1, bench.Buffer("abcdef"u8).ToDevice);
        WaitFor.Condition(() => _terminal.ShownNow().Length == 3, "the part that there was room for");
        _terminal.Change(static terminal => terminal.IsConnected = false);
        _terminal.Change(static terminal => (terminal.IsConnected, terminal.Incarnation, terminal.Room) = (true, 2, 100));
        bench.Await(1, first);
        Assert.Equal("abcdef"u8, _terminal.ShownNow());
    }

    [Fact]
    public void Buffers_of_the_wrong_direction_are_refused()
    {
        using DeviceBench bench = Bench();
        _terminal.Type("x"u8);
        Assert.Equal(0u, bench.Do(0, bench.Buffer(8).ToDevice));
        Assert.Equal(0u, bench.Do(1, bench.Buffer(8).FromDevice));
        Assert.Equal(0u, bench.Do(1, bench.Buffer(8).ToDevice, bench.Buffer(8).FromDevice));
        Assert.Empty(_terminal.ShownNow());
        Assert.Single(bench.Port.Warnings);
        Assert.Equal(1u, bench.Do(0, bench.Buffer(8).FromDevice));
        bench.Do(1, bench.Buffer("ok"u8).ToDevice);
        Assert.Equal("ok"u8, _terminal.ShownNow());
    }

    [Fact]
    public void The_size_is_in_the_configuration_and_a_change_is_announced()
    {
        using DeviceBench bench = Bench();
        Assert.Equal([80, 0, 25, 0, 1, 0, 0, 0, 0, 0, 0, 0], bench.ReadConfig(0, 12));
        _terminal.Change(static terminal => terminal.Size = new TerminalSize(300, 50));
        Assert.Equal(1, bench.ConfigChanges);
        Assert.Equal([300 - 256, 1, 50, 0], bench.ReadConfig(0, 4));
        _terminal.Change(static _ => { });
        Assert.Equal(1, bench.ConfigChanges);
    }

    [Fact]
    public void An_emergency_write_works_before_any_queue_and_between_bytes_that_wait()
    {
        ConsoleDevice device = Device();
        using GuestWorld world = new(device, GuestWorld.Split | device.Features);
        using LocalDevicePort port = new("dut", device);
        port.Perform(new Virtio.Contract.DeviceOperation.Attach(world.State, new DeafEvents()));
        port.Perform(new Virtio.Contract.DeviceOperation.WriteConfig(8, new byte[] { (byte)'!', 0, 0, 0 }));
        Assert.Equal("!"u8, _terminal.ShownNow());
        port.Perform(new Virtio.Contract.DeviceOperation.WriteConfig(0, new byte[] { 1, 1, 1, 1, 1, 1, 1, 1, (byte)'?', 0, 0, 0 }));
        port.Perform(new Virtio.Contract.DeviceOperation.WriteConfig(0, new byte[12]));
        port.Perform(new Virtio.Contract.DeviceOperation.WriteConfig(0, new byte[] { 1, 1 }));
        Assert.Equal("!?"u8, _terminal.ShownNow());
        Assert.Equal([80, 0, 25, 0], port.Perform(new Virtio.Contract.DeviceOperation.ReadConfig(0, 4)));
    }

    [Fact]
    public void An_emergency_write_into_stalled_output_leaves_that_whole()
    {
        using DeviceBench bench = Bench();
        _terminal.Change(static terminal => terminal.Room = 3);
        ulong output = bench.Post(1, bench.Buffer("abcdef"u8).ToDevice);
        WaitFor.Condition(() => _terminal.ShownNow().Length == 3, "the part that there was room for");
        bench.WriteConfig(8, (byte)'!');
        _terminal.Change(static terminal => terminal.Room = 100);
        bench.Await(1, output);
        Assert.Equal("abc!def"u8, _terminal.ShownNow());
    }

    [Fact]
    public void Allocates_nothing_for_a_request()
    {
        using AllocationMeter meter = new();
        string path = Path.GetTempFileName();
        try
        {
            using DeviceBench bench = new(
                ConsoleDevice.Create(new() { Ports = [new() { File = path }] }), options: meter.Options);
            GuestBuffer buffer = bench.Buffer(100);
            for (int i = 0; i < 200; i++)
            {
                if (i == 100) { meter.Begin(); }
                bench.Do(1, buffer.ToDevice);
            }
            Assert.Equal(0, meter.Bytes);
            Assert.Equal(20_000, new FileInfo(path).Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private ConsoleDevice Device() => new(new() { Ports = [new() { Stream = "played" }] }, [_terminal.Connect()]);

    private DeviceBench Bench(ulong features = GuestWorld.Split) => new(Device(), features);

    private sealed class DeafEvents : Virtio.Contract.IDeviceEvents
    {
        public void ConfigChanged() { }

        public void QueueFailed(int index, string reason) { }
    }
}

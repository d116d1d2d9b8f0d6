using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Console;

/// <summary>Several ports and their control queues (virtio 1.4, section 5.3.6.2).</summary>
public sealed class MultiPortTests : IDisposable
{
    private const ushort Add = 1, Remove = 2, ConsolePort = 4, Resize = 5, Open = 6, Name = 7;

    private readonly PlayedTerminal[] _terminals = [new(), new(), new()];
    private readonly ConsoleDevice _device;
    private readonly DeviceBench _bench;
    private readonly ConsoleGuest _guest;

    public MultiPortTests()
    {
        ConsoleOptions options = new()
        {
            Ports = [new() { Stream = "0" }, new() { Stream = "1", Name = "org.example.log" }, new() { Stream = "2", IsConsole = true }],
        };
        _device = new(options, [.. _terminals.Select(static terminal => terminal.Connect())]);
        _bench = new(_device, queueSize: 32);
        _guest = new(_bench);
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void States_its_ports_and_two_queues_for_each_and_for_control()
    {
        Assert.Equal([3, 0, 0, 0], _bench.ReadConfig(4, 4));
        Assert.Equal(
            ["receiveq0", "transmitq0", "control-receiveq", "control-transmitq", "receiveq1", "transmitq1", "receiveq2", "transmitq2"],
            _bench.World.Description.Queues.Select(static queue => queue.Name));
    }

    [Fact]
    public void Says_nothing_before_the_driver_is_ready_and_adds_each_port_once()
    {
        (ulong Cookie, Virtio.Driver.GuestBuffer Buffer) listening = _guest.Listen();
        _terminals[0].Change(static _ => { });
        Assert.False(_bench.IsUsed(ConsoleGuest.ControlReceive, listening.Cookie));
        _guest.Say(0, 0, 1);
        Assert.Equal(new { Port = 0u, Event = Add }, Essence(_guest.Hear(listening)));
        Assert.Equal(new { Port = 1u, Event = Add }, Essence(_guest.Hear()));
        Assert.Equal(new { Port = 2u, Event = Add }, Essence(_guest.Hear()));
        _guest.HearNothing(_guest.Listen());
    }

    [Fact]
    public void Tells_of_a_port_when_it_is_set_up()
    {
        _terminals[1].IsOpen = false;
        _terminals[2].Size = new TerminalSize(100, 30);
        List<ConsoleGuest.Message> heard = _guest.Begin(ports: 3, messages: 3 + 6);
        Assert.Equal(
            [(0u, ConsolePort, 1), (0u, Open, 1), (1u, Name, 1), (2u, ConsolePort, 1), (2u, Resize, 0), (2u, Open, 1)],
            heard.Skip(3).Select(static message => (message.Port, message.Event, (int)message.Value)).Order());
        Assert.Equal("org.example.log", heard.Single(static message => message.Event == Name).Name);
        Assert.Equal([100, 0, 30, 0], heard.Single(static message => message.Event == Resize).Rest);
        (ulong Cookie, Virtio.Driver.GuestBuffer Buffer) listening = _guest.Listen();
        _guest.HearNothing(listening);
        _terminals[1].Change(static terminal => terminal.IsOpen = true);
        Assert.Equal(new { Port = 1u, Event = Open }, Essence(_guest.Hear(listening)));
        _terminals[2].Change(static terminal => terminal.Size = new TerminalSize(90, 30));
        Assert.Equal(new { Port = 2u, Event = Resize }, Essence(_guest.Hear()));
        _terminals[1].Change(static terminal => terminal.IsOpen = false);
        ConsoleGuest.Message closed = _guest.Hear();
        Assert.Equal((1u, Open, (ushort)0), (closed.Port, closed.Event, closed.Value));
    }

    [Fact]
    public void Every_port_has_its_own_bytes()
    {
        _guest.Begin(ports: 3, messages: 9);
        for (int port = 0; port < 3; port++)
        {
            byte letter = (byte)('a' + port);
            _bench.Do(ConsoleGuest.TransmitQueue(port), _bench.Buffer([letter]).ToDevice);
            Assert.Equal([letter], _terminals[port].ShownNow());
            Virtio.Driver.GuestBuffer buffer = _bench.Buffer(1);
            ulong cookie = _bench.Post(ConsoleGuest.ReceiveQueue(port), buffer.FromDevice);
            _terminals[port].Type([(byte)(letter - 32)]);
            Assert.Equal(1u, _bench.Await(ConsoleGuest.ReceiveQueue(port), cookie));
            Assert.Equal(letter - 32, buffer.Span[0]);
        }
    }

    [Fact]
    public void Input_waits_until_the_guest_has_opened_the_port()
    {
        _guest.Begin(ports: 3, messages: 9);
        _guest.Say(1, Open, 0);
        ulong cookie = _bench.Post(ConsoleGuest.ReceiveQueue(1), _bench.Buffer(4).FromDevice);
        _terminals[1].Type("hi"u8);
        _guest.Say(0, Open, 1);
        Assert.False(_bench.IsUsed(ConsoleGuest.ReceiveQueue(1), cookie));
        _guest.Say(1, Open, 1);
        Assert.Equal(2u, _bench.Await(ConsoleGuest.ReceiveQueue(1), cookie));
    }

    [Fact]
    public void A_port_that_stalls_does_not_hold_up_another()
    {
        _guest.Begin(ports: 3, messages: 9);
        _terminals[0].Change(static terminal => terminal.Room = 0);
        ulong stalled = _bench.Post(ConsoleGuest.TransmitQueue(0), _bench.Buffer("x"u8).ToDevice);
        for (int i = 0; i < 100; i++) { _bench.Do(ConsoleGuest.TransmitQueue(2), _bench.Buffer("y"u8).ToDevice); }
        Assert.False(_bench.IsUsed(ConsoleGuest.TransmitQueue(0), stalled));
        _terminals[0].Change(static terminal => terminal.Room = 1);
        _bench.Await(ConsoleGuest.TransmitQueue(0), stalled);
    }

    [Fact]
    public void A_port_is_removed_and_added_again()
    {
        _guest.Begin(ports: 3, messages: 9);
        _device.SetPresent(1, false);
        Assert.Equal(new { Port = 1u, Event = Remove }, Essence(_guest.Hear()));
        (ulong Cookie, Virtio.Driver.GuestBuffer Buffer) listening = _guest.Listen();
        _guest.HearNothing(listening);
        _device.SetPresent(1, true);
        Assert.Equal(new { Port = 1u, Event = Add }, Essence(_guest.Hear(listening)));
        _guest.Say(1, 3, 1);
        Assert.Equal(new { Port = 1u, Event = Name }, Essence(_guest.Hear()));
        Assert.Equal(new { Port = 1u, Event = Open }, Essence(_guest.Hear()));
    }

    [Fact]
    public void A_driver_that_starts_over_is_told_everything_again()
    {
        _guest.Begin(ports: 3, messages: 9);
        _guest.Say(0, 0, 1);
        for (uint port = 0; port < 3; port++) { Assert.Equal(new { Port = port, Event = Add }, Essence(_guest.Hear())); }
    }

    [Fact]
    public void After_a_reset_nothing_is_said_until_the_driver_is_ready()
    {
        _guest.Begin(ports: 3, messages: 9);
        _bench.Port.Perform(new DeviceOperation.Reset());
        _bench.World.Restarted();
        for (int queue = 0; queue < 8; queue++) { _bench.StartQueue(queue); }
        (ulong Cookie, Virtio.Driver.GuestBuffer Buffer) listening = _guest.Listen();
        _terminals[0].Change(static _ => { });
        Assert.False(_bench.IsUsed(ConsoleGuest.ControlReceive, listening.Cookie));
        _guest.Say(0, 0, 1);
        Assert.Equal(new { Port = 0u, Event = Add }, Essence(_guest.Hear(listening)));
    }

    [Theory]
    [InlineData(0u, (ushort)0, (ushort)0)]
    [InlineData(3u, (ushort)3, (ushort)1)]
    [InlineData(uint.MaxValue, (ushort)6, (ushort)1)]
    [InlineData(0u, (ushort)1, (ushort)1)]
    [InlineData(0u, (ushort)4, (ushort)1)]
    [InlineData(0u, ushort.MaxValue, (ushort)1)]
    public void Messages_that_a_driver_must_not_send_do_no_harm(uint port, ushort kind, ushort value)
    {
        _guest.Say(port, kind, value);
        _guest.Begin(ports: 3, messages: 9);
        Assert.Empty(_bench.Port.Ends);
    }

    [Fact]
    public void Control_requests_of_a_wrong_shape_are_refused()
    {
        Assert.Equal(0u, _bench.Do(ConsoleGuest.ControlTransmit, _bench.Buffer(7).ToDevice));
        Assert.Equal(0u, _bench.Do(ConsoleGuest.ControlTransmit, _bench.Buffer(8).FromDevice));
        _guest.Say(0, 0, 1);
        Assert.Equal(0u, _bench.Do(ConsoleGuest.ControlReceive, _bench.Buffer(7).FromDevice));
        Assert.Equal(0u, _bench.Do(ConsoleGuest.ControlReceive, _bench.Buffer(8).ToDevice));
        Assert.Equal(new { Port = 0u, Event = Add }, Essence(_guest.Hear()));
    }

    [Fact]
    public void Without_the_feature_the_first_port_works_alone()
    {
        ConsoleDevice device = new(new() { Ports = [new() { Stream = "0" }, new() { Stream = "1" }] }, [_terminals[0].Connect(), _terminals[1].Connect()]);
        using GuestWorld world = new(device, GuestWorld.Split);
        using DeviceBench bench = new(device, world);
        ulong cookie = bench.Post(0, bench.Buffer(4).FromDevice);
        _terminals[0].Type("hi"u8);
        Assert.Equal(2u, bench.Await(0, cookie));
        WaitFor.Condition(() => _terminals[0].Taken == 2, "the input to be taken");
    }

    private static object Essence(ConsoleGuest.Message message) => new { message.Port, message.Event };
}

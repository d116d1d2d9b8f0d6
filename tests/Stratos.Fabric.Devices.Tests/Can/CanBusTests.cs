using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Can.Bus;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Can;

/// <summary>The simulated bus by itself.</summary>
public sealed class CanBusTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = new();
    private readonly CanBus _bus;
    private readonly CanStation _one;
    private readonly CanStation _two;
    private readonly CanStation _listener;

    public CanBusTests()
    {
        _bus = CanBus.Private(new CanBitTiming(500_000, 2_000_000), _clock);
        (_one, _two, _listener) = (_bus.Join("one"), _bus.Join("two"), _bus.Join("listener"));
        foreach (CanStation station in (CanStation[])[_one, _two, _listener]) { station.Start(s_patience); }
    }

    public static TheoryData<string, string> Stronger => new()
    {
        { "000", "001" },
        { "123", "124" },
        { "123", "123 remote" },
        { "123 remote", "048C0000 extended" },
        { "123", "048C0000 extended" },
        { "048C0000 extended", "048C0001 extended" },
        { "048C0000 extended", "048C0000 extended remote" },
        { "048FFFFF extended", "124" },
    };

    [Theory]
    [MemberData(nameof(Stronger))]
    public void The_stronger_identifier_goes_first(string stronger, string weaker)
    {
        // A first frame keeps the bus busy while the two come.
        _listener.Send(new CanFrame(0x7FF, [0]));
        _one.Send(Frame(weaker));
        _two.Send(Frame(stronger));
        Finish();
        Assert.Equal(["7FF#00", Frame(stronger).ToString(), Frame(weaker).ToString()], Trace());
    }

    [Fact]
    public void Frames_of_one_station_keep_their_order()
    {
        for (uint id = 5; id > 0; id--) { _one.Send(new CanFrame(id, [])); }
        Finish();
        Assert.Equal(["005#", "004#", "003#", "002#", "001#"], Trace());
    }

    [Theory]
    [InlineData(0x123u, 0, CanFrameFlags.None, 55)]
    [InlineData(0x123u, 8, CanFrameFlags.None, 135)]
    [InlineData(0x123u, 8, CanFrameFlags.RemoteRequest, 55)]
    [InlineData(0x12345678u, 8, CanFrameFlags.Extended, 160)]
    public void A_classic_frame_takes_the_bits_that_it_can_have_at_most(uint id, int length, CanFrameFlags flags, int bits) =>
        Assert.Equal(bits * 2_000, new CanBitTiming(500_000, 500_000).Duration(new CanFrame(id, length, flags)));

    [Fact]
    public void The_data_of_an_FD_frame_is_faster()
    {
        CanFrame frame = new(1, 64, CanFrameFlags.FlexibleDataRate);
        long slow = new CanBitTiming(500_000, 500_000).Duration(frame);
        long fast = new CanBitTiming(500_000, 4_000_000).Duration(frame);
        Assert.InRange(slow / fast, 4, 8);
        Assert.Equal(0, CanBitTiming.Instant.Duration(frame));
    }

    [Fact]
    public void A_bus_that_nobody_moved_for_a_while_has_caught_up()
    {
        for (int i = 0; i < 10; i++) { _one.Send(new CanFrame(1, new byte[8])); }
        _clock.Advance(10 * 270_000);
        Assert.Equal(long.MaxValue, _bus.Step());
        int received = 0;
        while (_listener.TryReceive(out _)) { received++; }
        Assert.Equal(10, received);
    }

    [Fact]
    public void A_destroyed_frame_is_repeated_and_counted()
    {
        _one.InjectErrors(3);
        _one.Send(new CanFrame(1, [1]));
        Finish();
        Assert.Equal(["001#01"], Trace());
        Assert.Equal(new StationWord(CanControllerState.Started, 23, 0), _one.Controller);
        Assert.Equal(2, _listener.Controller.ReceiveErrors);
        Assert.Equal(3UL, _one.Status.Errors);
    }

    [Fact]
    public void Thirty_two_errors_are_bus_off_and_the_others_go_on()
    {
        _one.InjectErrors(32);
        _one.Offer(7, new CanFrame(1, [1]));
        _two.Offer(8, new CanFrame(2, [2]));
        Finish();
        Assert.Equal(CanControllerState.BusOff, _one.Controller.State);
        Assert.Equal(CanFate.Cancelled, _one.FateOf(7));
        Assert.Equal(CanFate.Sent, _two.FateOf(8));
        Assert.Equal(["002#02"], Trace());
        Assert.False(_one.Send(new CanFrame(1, [3])));
        _one.Start(s_patience);
        _one.Send(new CanFrame(1, [4]));
        Assert.Single(Trace());
        _clock.Advance(128 * 11 * 2_000);
        Finish();
        Assert.Equal(["002#02", "001#04"], Trace());
    }

    [Fact]
    public void Sixteen_errors_are_error_passive()
    {
        _one.InjectErrors(16);
        _one.Send(new CanFrame(1, [1]));
        _bus.Step();
        _clock.Advance(15 * 176_000);
        _bus.Step();
        Assert.True(_one.Controller.IsErrorPassive);
        Assert.Equal(CanControllerState.Started, _one.Controller.State);
    }

    [Fact]
    public void A_frame_waits_for_somebody_who_acknowledges()
    {
        _bus.NeedsAcknowledgement = true;
        _two.Stop();
        _listener.Stop();
        _one.Send(new CanFrame(1, [1]));
        Finish();
        Assert.Empty(Trace());
        _two.Start(s_patience);
        Finish();
        Assert.Equal(["001#01"], Trace());
        Assert.True(_two.TryReceive(out _));
    }

    [Fact]
    public void A_station_that_does_not_read_holds_the_bus_back_for_its_patience_and_no_longer()
    {
        CanBus bus = CanBus.Private(CanBitTiming.Instant, _clock);
        (CanStation sender, CanStation reader, CanStation sleeper) = (bus.Join("sender"), bus.Join("reader"), bus.Join("sleeper"));
        foreach (CanStation station in (CanStation[])[sender, reader, sleeper]) { station.Start(s_patience); }
        int read = 0;
        for (int i = 0; i < CanBus.LogLength + 10; i++)
        {
            Assert.True(sender.Send(new CanFrame(1, BitConverter.GetBytes(i))));
            read += Read(sender, reader);
        }
        Assert.Equal(CanBus.LogLength, read);
        Assert.Equal(10, sender.Status.Pending);
        _clock.Advance(999_999_999);
        Assert.Equal(1_000_000_000 + 1_000_000_000, bus.Step());
        Assert.Equal(10, sender.Status.Pending);
        _clock.Advance(1);
        bus.Step();
        Assert.Equal(0, sender.Status.Pending);
        Assert.Equal(10UL, sleeper.Status.Lost);
        Assert.Equal(0UL, reader.Status.Lost);
        // From now on nobody waits for it; what it reads later is whole and in order.
        for (int i = 0; i < 10; i++) { sender.Send(new CanFrame(1, BitConverter.GetBytes(CanBus.LogLength + 10 + i))); }
        Assert.Equal(0, sender.Status.Pending);
        for (int i = 20; i < CanBus.LogLength + 20; i++)
        {
            Assert.True(sleeper.TryReceive(out CanFrame frame));
            Assert.Equal(i, BitConverter.ToInt32(frame.Data));
        }
        Assert.Equal(20UL, sleeper.Status.Lost);
    }

    [Fact]
    public void A_reader_that_wakes_up_lets_the_bus_go_on()
    {
        CanBus bus = CanBus.Private(CanBitTiming.Instant, _clock);
        (CanStation sender, CanStation reader) = (bus.Join("sender"), bus.Join("reader"));
        sender.Start(s_patience);
        reader.Start(s_patience);
        for (int i = 0; i < CanBus.LogLength + 5; i++)
        {
            sender.Send(new CanFrame(1, [1]));
            Read(sender);
        }
        Assert.Equal(5, sender.Status.Pending);
        Assert.Equal(CanBus.LogLength + 5, Read(reader, reader, reader, reader, reader, reader));
        Assert.Equal(0UL, reader.Status.Lost);
    }

    [Fact]
    public void A_board_of_before_the_machine_s_start_is_idle()
    {
        _one.Send(new CanFrame(1, [1]));
        _clock.Advance(-1_000_000_000 + 1);
        _bus.Board.Header.BusyUntil = long.MaxValue / 2;
        _two.Send(new CanFrame(2, [2]));
        Assert.Equal(2UL, _bus.Head);
    }

    [Fact]
    public void A_bus_has_room_for_so_many_stations_and_each_name_is_one_of_them()
    {
        for (int i = 3; i < CanBus.MaxStations; i++) { _bus.Join($"station{i}"); }
        Assert.Contains("no room", Assert.Throws<ArgumentException>(() => _bus.Join("more")).Message, StringComparison.Ordinal);
        Assert.Equal("one", _bus.Join("one").Name);
        Assert.Throws<ArgumentException>(() => _bus.Join("a b"));
        Assert.Throws<ArgumentException>(() => _bus.Join(new string('x', 33)));
        Assert.Equal(CanBus.MaxStations, _bus.Stations.Count);
    }

    [Fact]
    public void Everybody_at_once_over_a_file_and_nothing_is_lost_or_sent_twice()
    {
        const int Stations = 4, Frames = 500;
        string folder = Directory.CreateTempSubdirectory("stratos-can-").FullName;
        try
        {
            string path = Path.Combine(folder, "bus");
            CanBus[] buses = [.. Enumerable.Range(0, Stations).Select(_ => CanBus.Open(path, default))];
            CanStation[] stations = [.. buses.Select(static (bus, i) => bus.Join($"s{i}"))];
            foreach (CanStation station in stations) { station.Start(s_patience); }
            List<uint>[] received = [.. stations.Select(static _ => new List<uint>())];
            Thread[] threads = [.. stations.Select((station, i) => new Thread(() => Play(station, i, received[i], Frames, (Stations - 1) * Frames)))];
            foreach (Thread thread in threads) { thread.Start(); }
            Assert.All(threads, static thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60))));
            for (int i = 0; i < Stations; i++)
            {
                for (int sender = 0; sender < Stations; sender++)
                {
                    IEnumerable<uint> expected = sender == i ? [] : Enumerable.Range(0, Frames).Select(frame => (uint)((frame << 4) | sender));
                    Assert.Equal(expected, received[i].Where(id => (id & 0xF) == sender));
                }
            }
            foreach (CanBus bus in buses) { bus.Dispose(); }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => _bus.Dispose();

    private static void Play(CanStation station, int number, List<uint> received, int send, int expect)
    {
        int sent = 0;
        WaitFor.Condition(() =>
        {
            if (sent < send && station.Send(new CanFrame((uint)((sent << 4) | number), [], CanFrameFlags.Extended))) { sent++; }
            while (station.TryReceive(out CanFrame frame)) { received.Add(frame.Id); }
            return sent == send && received.Count >= expect;
        }, $"{expect} frames", TimeSpan.FromSeconds(50));
    }

    private static int Read(params CanStation[] stations)
    {
        int read = 0;
        foreach (CanStation station in stations)
        {
            while (station.TryReceive(out _)) { read++; }
        }
        return read;
    }

    private static CanFrame Frame(string text)
    {
        string[] words = text.Split(' ');
        CanFrameFlags flags = (words.Contains("extended") ? CanFrameFlags.Extended : 0) | (words.Contains("remote") ? CanFrameFlags.RemoteRequest : 0);
        return new CanFrame(Convert.ToUInt32(words[0], 16), 0, flags);
    }

    private void Finish()
    {
        for (int i = 0; i < 100; i++)
        {
            _clock.Advance(1_000_000);
            _bus.Step();
        }
    }

    private List<string> Trace()
    {
        List<string> trace = [];
        for (ulong position = 0; position < _bus.Head; position++)
        {
            Assert.True(_bus.TryRead(position, out CanFrame frame, out _));
            trace.Add(frame.ToString());
        }
        return trace;
    }
}

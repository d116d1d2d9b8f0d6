using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.I2c.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Devices.Transfers;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.I2c;

/// <summary>The simulated bus as something of its own: shared, scripted, disturbed.</summary>
public sealed class SimulatedI2cBusTests : IDisposable
{
    private static readonly I2cAddress Counter = I2cGuest.At(0x30);

    private readonly string _folder = Directory.CreateTempSubdirectory("stratos-i2c-").FullName;

    private string Board => Path.Combine(_folder, "board");

    [Fact]
    [Proves("i2c", "two adapters share one bus", "docs/devices.md")]
    public void Two_devices_share_a_bus_and_each_has_its_part()
    {
        I2cKind.Kind.Create(Options(("allow", "0x50"))).Deactivate();
        using DeviceBench first = new(I2cKind.Kind.Create(Options(("allow", "0x30+0x50"))));
        using DeviceBench second = new(I2cKind.Kind.Create(Options(("allow", "0x30"))));
        I2cGuest one = new(first.World.Heap);
        I2cGuest two = new(second.World.Heap);
        for (int i = 0; i < 50; i++)
        {
            I2cGuest.Do(first, one.Write(Counter, [1]));
            I2cGuest.Do(second, two.Write(Counter, [1]));
        }
        Assert.NotNull(one.ReadFrom(first, I2cGuest.At(0x50), [0, 0], 1));
        Assert.Null(two.ReadFrom(second, I2cGuest.At(0x50), [0, 0], 1));
        using var bus = SimulatedI2cBus.Open(Board, I2cBusPlan.Parse("tally@0x30+24c32@0x50"));
        Assert.Equal(100u, ((I2cTally)bus.Chips[0]).Writes);
    }

    [Fact]
    public void Transfers_of_two_threads_come_one_at_a_time()
    {
        const int Each = 2_000;
        Thread[] threads = [.. Enumerable.Range(1, 2).Select(client => new Thread(() =>
        {
            using var bus = SimulatedI2cBus.Open(Board, new I2cTally(Counter));
            for (ulong i = 1; i <= Each; i++) { bus.Transfer(new((ulong)client, i), [new(Counter, IsRead: false, new byte[2])], static result => Assert.Equal(1, result.Completed)); }
        }))];
        foreach (Thread thread in threads) { thread.Start(); }
        foreach (Thread thread in threads) { thread.Join(); }
        using var bus = SimulatedI2cBus.Open(Board, new I2cTally(Counter));
        Assert.Equal((2u * Each, 4u * Each), (((I2cTally)bus.Chips[0]).Writes, ((I2cTally)bus.Chips[0]).Bytes));
    }

    [Fact]
    public void It_knows_what_became_of_a_client_s_newest_transfer()
    {
        using var bus = SimulatedI2cBus.Private(new I2cTally(Counter));
        Assert.Equal(TransferKnowledge.None, bus.Recall(new(7, 1)).Knowledge);
        bus.Join(7);
        Assert.Equal(TransferFate.NotDone, bus.Recall(new(7, 1)));
        bus.Transfer(new(7, 1), [new(Counter, IsRead: false, default), new(I2cGuest.At(1), IsRead: false, default)], static _ => { });
        Assert.Equal(TransferFate.Done(1), bus.Recall(new(7, 1)));
        Assert.Equal(TransferFate.NotDone, bus.Recall(new(7, 2)));
        for (ulong client = 100; client < 132; client++) { bus.Join(client); }
        Assert.Equal(TransferKnowledge.None, bus.Recall(new(7, 1)).Knowledge);
    }

    [Fact]
    public void A_fault_is_shown_where_and_as_often_as_it_was_injected()
    {
        using var bus = SimulatedI2cBus.Private(new I2cTally(Counter), new Lm75(I2cGuest.At(0x48)));
        Chips chips = new(bus);
        bus.Faults.Inject(new(I2cFault.DataNotAcknowledged) { Address = Counter, AtByte = 3, Times = 2 });
        Assert.Equal(I2cFault.None, chips.Write(I2cGuest.At(0x48), 0));
        Assert.Equal(I2cFault.DataNotAcknowledged, chips.Write(Counter, 1, 2, 3));
        Assert.Equal(2u, ((I2cTally)bus.Chips[0]).Bytes);
        Assert.Equal(I2cFault.None, chips.Write(Counter, 1, 2));
        Assert.Equal(I2cFault.None, chips.Write(Counter, 1, 2, 3));
        bus.Faults.Inject(new(I2cFault.TimedOut) { Times = null });
        Assert.Equal(I2cFault.TimedOut, chips.Write(Counter));
        Assert.Equal(I2cFault.TimedOut, chips.Write(I2cGuest.At(0x11)));
        bus.Faults.Clear();
        Assert.Equal(I2cFault.None, chips.Write(Counter));
    }

    [Fact]
    public void Sixteen_faults_are_the_most()
    {
        using var bus = SimulatedI2cBus.Private(new I2cTally(Counter));
        for (int i = 0; i < 16; i++) { bus.Faults.Inject(new(I2cFault.ArbitrationLost) { Address = I2cGuest.At(i) }); }
        Assert.Throws<InvalidOperationException>(() => bus.Faults.Inject(new(I2cFault.ArbitrationLost)));
    }

    [Theory]
    [InlineData("chips", "24c32@0x50+lm75@0x50", "answer to the same address")]
    [InlineData("chips", "24c08@0x50+lm75@0x53", "answer to the same address")]
    [InlineData("chips", "24c33@0x50", "24C33")]
    [InlineData("chips", "lm75", "MODEL@ADDRESS")]
    [InlineData("chips", "lm76@0x48", "Known are")]
    [InlineData("chips", "lm75@0x80", "not an I2C address")]
    [InlineData("allow", "0x50-0x48", "lower one first")]
    [InlineData("allow", "0x400/10", "not an I2C address")]
    [InlineData("bus", "99", "exactly one")]
    public void A_wrong_option_is_refused_with_its_name_and_the_remedy(string option, string value, string why)
    {
        Dictionary<string, string> options = new(Options()) { [option] = value };
        options.Remove("board");
        ArgumentException refused = Assert.Throws<ArgumentException>(() => I2cKind.Kind.Create(options));
        Assert.StartsWith(option == "bus" ? "chips, bus:" : $"{option}:", refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bus_that_the_host_does_not_have_is_refused_with_the_remedy() =>
        Assert.Contains("i2c-dev", Assert.Throws<ArgumentException>(() => I2cKind.Kind.Create(new Dictionary<string, string> { ["bus"] = "99" })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_board_of_other_chips_is_refused()
    {
        SimulatedI2cBus.Open(Board, new I2cTally(Counter)).Dispose();
        Assert.Contains("board:", Assert.Throws<ArgumentException>(() => I2cKind.Kind.Create(Options())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_launcher_keeps_a_board_for_chips_whose_user_named_none()
    {
        Dictionary<string, string> options = new() { ["chips"] = "tally@0x30" };
        string board;
        using (DeviceLauncher launcher = I2cKind.Kind.Launch(options, _folder))
        {
            board = launcher.Options["board"];
            I2cKind.Kind.Create(launcher.Options).Deactivate();
            Assert.True(File.Exists(board));
        }
        Assert.False(File.Exists(board));
        using DeviceLauncher named = I2cKind.Kind.Launch(Options(), _folder);
        Assert.Equal(Board, named.Options["board"]);
    }

    [Fact]
    public void A_chip_on_no_bus_says_so() =>
        Assert.Contains("on no bus yet", Assert.Throws<InvalidOperationException>(() => new Lm75(Counter).Temperature).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0x50, false, 0x00A0)]
    [InlineData(0x7F, false, 0x00FE)]
    [InlineData(0x000, true, 0x00F0)]
    [InlineData(0x3FF, true, 0xFFF6)]
    [InlineData(0x250, true, 0x50F4)]
    public void Addresses_have_the_specification_s_form(int value, bool tenBit, int field)
    {
        I2cAddress address = new((ushort)value, tenBit);
        Assert.Equal(field, address.Encode());
        Assert.True(I2cAddress.TryDecode((ushort)field, out I2cAddress decoded));
        Assert.Equal(address, decoded);
        Assert.Equal(address, I2cAddress.Parse(address.ToString()));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Dictionary<string, string> Options(params (string Name, string Value)[] more) =>
        new([KeyValuePair.Create("chips", "tally@0x30+24c32@0x50"), KeyValuePair.Create("board", Board), .. more.Select(static option => KeyValuePair.Create(option.Name, option.Value))]);
}

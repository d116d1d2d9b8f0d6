using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Gpio;

/// <summary>The kind <c>gpio</c>: its options, and what a guest may touch.</summary>
public sealed class GpioKindTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stratos-gpio-").FullName;

    private string Board => Path.Combine(_folder, "bank");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Proves("gpio", "access control: a guest gets the lines that it was given, in its own count", "docs/devices.md")]
    public void A_guest_reaches_its_own_lines_and_no_others()
    {
        using GpioBank bank = GpioBank.Open(Board, 16);
        using DeviceBench bench = new(Make(("board", Board), ("bank", "16"), ("lines", "8-10,2"), ("read-only", "9"), ("names", "led,door,,bell")));
        Assert.Equal(4, bench.ReadConfig(0, 1)[0]);
        GpioGuest guest = new(bench);
        guest.Get(GpioGuest.SetDirection, 3, GpioGuest.Out);
        Assert.Equal(GpioDirection.Output, bank.Inspect(2).Direction);
        Assert.Equal((GpioGuest.Error, 0), guest.Ask(GpioGuest.SetDirection, 4, GpioGuest.Out));
        Assert.Equal(1, Enumerable.Range(0, 16).Count(line => bank.Inspect(line).Direction is not GpioDirection.None));
    }

    [Fact]
    [Proves("gpio", "access control: a read-only line is sensed and makes interrupts but is not driven", "docs/devices.md")]
    public void A_read_only_line_is_not_driven()
    {
        using GpioBank bank = GpioBank.Open(Board, 32);
        using DeviceBench bench = new(Make(("board", Board), ("read-only", "0-3")));
        GpioGuest guest = new(bench);
        guest.Get(GpioGuest.SetValue, 0, 1);
        Assert.Equal((GpioGuest.Error, 0), guest.Ask(GpioGuest.SetDirection, 0, GpioGuest.Out));
        guest.Enable(3, GpioGuest.Rising);
        bank.Drive(3, true);
        Assert.Equal(1, guest.Get(GpioGuest.GetValue, 3));
        Assert.Equal(GpioGuest.Valid, guest.Hear(guest.Unmask(3)));
    }

    [Fact]
    public void Two_guests_share_a_bank_through_a_wire()
    {
        using DeviceBench left = new(Make(("board", Board), ("lines", "0-3"), ("wires", "0:8")));
        using DeviceBench right = new(Make(("board", Board), ("lines", "8-11")));
        GpioGuest sender = new(left);
        GpioGuest receiver = new(right);
        receiver.Enable(0, GpioGuest.Rising);
        GpioGuest.Unmasked unmasked = receiver.Unmask(0);
        Assert.True(receiver.IsWaiting(unmasked));
        sender.Get(GpioGuest.SetValue, 0, 1);
        sender.Get(GpioGuest.SetDirection, 0, GpioGuest.Out);
        Assert.Equal(GpioGuest.Valid, receiver.Hear(unmasked));
    }

    [Theory]
    [InlineData("bank", "0", "1 to 512")]
    [InlineData("bank", "many", "not a whole number")]
    [InlineData("latch", "0", "1 to 65536")]
    [InlineData("lines", "3-1", "0-7,12")]
    [InlineData("lines", "x", "0-7,12")]
    [InlineData("lines", "1,1", "given twice")]
    [InlineData("lines", "32", "from 0")]
    [InlineData("read-only", "99", "not among the lines")]
    [InlineData("names", "a,a", "two lines are called 'a'")]
    [InlineData("names", "größe", "printable ASCII")]
    [InlineData("wires", "0-1", "FROM:TO")]
    [InlineData("wires", "0:32", "names a line that the bank")]
    [InlineData("board", "/nowhere/at/all", "cannot be opened")]
    [InlineData("chip", "/dev/null", "/dev/gpiochip0")]
    [InlineData("chip", "/nowhere/at/all", "gpiodetect lists them")]
    [InlineData("colour", "red", "Known are: ")]
    public void Options_that_make_no_sense_are_refused_by_name(string name, string value, string hint)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Make((name, value)));
        Assert.StartsWith($"{name}:", refused.Message, StringComparison.Ordinal);
        Assert.Contains(hint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chip_has_no_board() =>
        Assert.StartsWith("chip:", Assert.Throws<ArgumentException>(() => Make(("chip", "/dev/gpiochip0"), ("board", Board))).Message, StringComparison.Ordinal);

    [Fact]
    public void More_names_than_lines_are_refused() =>
        Assert.StartsWith("names:", Assert.Throws<ArgumentException>(() => Make(("bank", "1"), ("names", "a,b"))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_largest_bank_is_served()
    {
        using DeviceBench bench = new(Make(("bank", "512")));
        GpioGuest guest = new(bench);
        Assert.Equal([0, 2], bench.ReadConfig(0, 2));
        guest.Get(GpioGuest.SetDirection, 511, GpioGuest.Out);
        guest.Enable(510, GpioGuest.High);
    }

    private static VirtioDevice Make(params (string Name, string Value)[] options) =>
        GpioKind.Kind.Create(options.ToDictionary(static option => option.Name, static option => option.Value));
}

using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Tests.Catalogue;

public sealed class DeviceKindsTests
{
    [Fact]
    public void Every_kind_has_help_for_every_option()
    {
        foreach (DeviceKind kind in DeviceKinds.All)
        {
            Assert.NotEmpty(kind.Summary);
            Assert.Equal(kind.Options.Count, kind.Options.Select(static option => option.Name).Distinct().Count());
            Assert.All(kind.Options, static option => Assert.NotEmpty(option.Help));
            Assert.Same(kind, DeviceKinds.Find(kind.Name));
        }
        Assert.Equal(DeviceKinds.All.Select(static kind => kind.Name).Order(), DeviceKinds.All.Select(static kind => kind.Name));
    }

    [Fact]
    public void Makes_devices_from_texts()
    {
        VirtioDevice device = DeviceKinds.Find("block").Create(new Dictionary<string, string> { ["memory"] = "2M", ["queues"] = "4", ["serial"] = "x" });
        Assert.Equal(4, device.Queues.Count);
        device.Deactivate();
        DeviceKinds.Find("entropy").Create(new Dictionary<string, string>()).Deactivate();
    }

    [Theory]
    [InlineData("blok", "Did you mean 'block'?")]
    [InlineData("toaster", "Known are: block, console, entropy, rtc, watchdog.")]
    public void An_unknown_kind_is_refused_with_the_nearest(string name, string hint) =>
        Assert.Contains(hint, Assert.Throws<ArgumentException>(() => DeviceKinds.Find(name)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("memroy", "1M", "Did you mean 'memory'?")]
    [InlineData("colour", "red", "Known are: file, memory")]
    [InlineData("queues", "many", "not a whole number")]
    [InlineData("queues", "-1", "not a whole number")]
    [InlineData("null", "12Q", "not a size")]
    [InlineData("null", "9000000T", "not a size")]
    [InlineData("read-only", "perhaps", "neither true nor false")]
    public void Options_that_make_no_sense_are_refused_by_name(string name, string value, string hint)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => BlockKind.Kind.Create(new Dictionary<string, string> { [name] = value }));
        Assert.StartsWith($"{name}:", refused.Message, StringComparison.Ordinal);
        Assert.Contains(hint, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 1ul)]
    [InlineData("4k", 4096ul)]
    [InlineData("3M", 3ul << 20)]
    [InlineData("2G", 2ul << 30)]
    [InlineData("1T", 1ul << 40)]
    public void Sizes_have_suffixes(string text, ulong bytes) =>
        Assert.Equal(bytes, new DeviceOptionValues(BlockKind.Kind, new Dictionary<string, string> { ["null"] = text }).Size("null"));

    [Theory]
    [InlineData("x=file", "ports:")]
    [InlineData("=file:/x", "ports:")]
    [InlineData("x=carrier-pigeon:/x", "ports:")]
    [InlineData("x=file:", "file:")]
    public void Ports_that_cannot_be_read_are_refused(string ports, string named) =>
        Assert.StartsWith(named, Assert.Throws<ArgumentException>(() => ConsoleKind.Kind.Create(new Dictionary<string, string> { ["stream"] = "/x", ["ports"] = ports })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_console_needs_one_place_for_its_bytes()
    {
        Assert.Contains("exactly one", Assert.Throws<ArgumentException>(() => ConsoleKind.Kind.Create(new Dictionary<string, string>())).Message, StringComparison.Ordinal);
        Assert.Contains("exactly one", Assert.Throws<ArgumentException>(() => ConsoleKind.Kind.Create(new Dictionary<string, string> { ["stdio"] = "true", ["pty"] = "" })).Message, StringComparison.Ordinal);
        Assert.Contains("rows:", Assert.Throws<ArgumentException>(() => ConsoleKind.Kind.Create(new Dictionary<string, string> { ["pty"] = "", ["rows"] = "70000" })).Message, StringComparison.Ordinal);
    }
}

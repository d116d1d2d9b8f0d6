using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Tests.Bench;

namespace Stratos.Fabric.Devices.Tests.Console;

public sealed class FileConsoleTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Output_is_appended_to_what_is_there()
    {
        File.WriteAllText(_path, "before ");
        using DeviceBench bench = new(ConsoleDevice.Create(new() { Ports = [new() { File = _path }] }));
        bench.Do(1, bench.Buffer("one "u8).ToDevice);
        bench.Do(1, bench.Buffer("two"u8).ToDevice);
        Assert.Equal("before one two", File.ReadAllText(_path));
    }

    [Fact]
    public void A_write_that_is_repeated_at_its_position_changes_nothing()
    {
        using FileConsoleStream stream = new(_path);
        stream.Write(0, "abcdef"u8);
        stream.Write(3, "def"u8);
        Assert.Equal(6ul, stream.OutputEnd);
        Assert.Equal("abcdef", File.ReadAllText(_path));
    }

    [Fact]
    public void A_file_that_was_cut_by_others_is_appended_to_from_its_new_end()
    {
        using DeviceBench bench = new(ConsoleDevice.Create(new() { Ports = [new() { File = _path }] }));
        bench.Do(1, bench.Buffer("old"u8).ToDevice);
        File.WriteAllText(_path, "");
        bench.Do(1, bench.Buffer("new"u8).ToDevice);
        Assert.Equal("new", File.ReadAllText(_path));
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/nowhere/at/all")]
    public void What_cannot_be_appended_to_is_refused_with_the_remedy(string path) =>
        Assert.StartsWith("file:", Assert.Throws<ArgumentException>(() => ConsoleDevice.Create(new() { Ports = [new() { File = path }] })).Message, StringComparison.Ordinal);
}

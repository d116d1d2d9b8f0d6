using System.Text.RegularExpressions;
using Stratos.Fabric.Linux;
using Stratos.Testing;

namespace Stratos.Keeper.Tests;

public sealed partial class ProgramTests : IDisposable
{
    private readonly KeeperProgram _keeper = new();

    public void Dispose() => _keeper.Dispose();

    [Fact]
    public void Help_names_every_option()
    {
        Assert.Equal(0, _keeper.Run("--help"));
        foreach (var option in new[] { "--control", "--device", "--deadline", "--worker-deadline" }) Assert.Contains(option, _keeper.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--control", "--device")]
    [InlineData("--device disk", "NAME=SOCKET is expected")]
    [InlineData("--device =x", "NAME=SOCKET is expected")]
    [InlineData("--device disk=", "the socket's path is missing")]
    [InlineData("--device disk=x,listen", "'listen' is not an option")]
    [InlineData("--device disk=x --device disk=y", "device 'disk' is given twice")]
    [InlineData("--device disk=x --deadline 0", "a number above 0")]
    [InlineData("--device disk=x --deadline soon", "soon")]
    [InlineData("--device disk=x --worker-deadline -3", "a number above 0")]
    [InlineData("--device disk=x --colour blue", "--colour")]
    public void Wrong_arguments_are_named(string arguments, string expected)
    {
        string[] given = arguments == "--control" ? ["--control", _keeper.Control] : ["--control", _keeper.Control, .. arguments.Split(' ')];
        Assert.Equal(1, _keeper.Run(given));
        Assert.Contains(expected, _keeper.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_workers_cannot_give_is_refused()
    {
        Assert.Equal(1, _keeper.Run("--control", _keeper.Control, "--device", $"{new string('x', 65)}={_keeper.Socket}"));
        Assert.Contains("at most 64 bytes", _keeper.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_that_cannot_be_made_is_named()
    {
        Assert.Equal(1, _keeper.Run("--control", _keeper.Control, "--device", "disk=/nowhere/disk.sock"));
        Assert.Contains("/nowhere", _keeper.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_keeper.Control));
    }

    /// <summary>/dev/full is a disk without room: each write to it fails.</summary>
    [Fact]
    public void A_log_that_cannot_be_written_ends_no_session()
    {
        _keeper.ErrorFile = "/dev/full";
        _keeper.Start("--control", _keeper.Control, "--device", $"disk={_keeper.Socket}");
        WaitFor.Condition(() => File.Exists(_keeper.Control), "the control socket", TimeSpan.FromSeconds(60));
        using (UnixStream stranger = UnixStream.Connect(_keeper.Control)) { stranger.Send([1, 2, 3]); }
        using (UnixStream next = UnixStream.Connect(_keeper.Control)) { }
        _keeper.Signal(15);
        Assert.Equal(0, _keeper.End());
    }

    [Fact]
    public void A_socket_that_is_occupied_is_named()
    {
        using var other = UnixListener.Bind(_keeper.Control);
        Assert.Equal(1, _keeper.Run("--control", _keeper.Control, "--device", $"disk={_keeper.Socket}"));
        Assert.Contains("another process listens there", _keeper.Errors, StringComparison.Ordinal);
        Assert.Contains(_keeper.Control, _keeper.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(2)]
    public void A_signal_ends_it_in_order(int signal)
    {
        _keeper.Start("--control", _keeper.Control, "--device", $"disk={_keeper.Socket}", "--device", $"other={_keeper.Socket}2,connect");
        _keeper.AwaitError("no frontend at");
        Assert.True(File.Exists(_keeper.Socket));
        _keeper.Signal(signal);
        Assert.Equal(0, _keeper.End());
        Assert.False(File.Exists(_keeper.Socket));
        Assert.False(File.Exists(_keeper.Control));
        Assert.All(_keeper.Errors.TrimEnd().Split('\n'), line => Assert.Matches(LogLine(), line));
    }

    [GeneratedRegex(@"^\[ *[0-9]+\.[0-9]{6}\] [a-z]+: .+$")]
    private static partial Regex LogLine();
}

using System.Collections.Concurrent;
using Stratos.Cli.Processes;
using Stratos.Fabric.Linux;
using Stratos.Testing;

namespace Stratos.Keeper.Tests;

/// <summary>The keeper as the program that it is: its command line, its errors and its end.</summary>
public sealed class ProgramTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task HelpNamesEveryOption()
    {
        (int code, string output) = await RunAsync("--help");
        Assert.Equal(0, code);
        foreach (string option in new[] { "--control", "--device", "--deadline", "--worker-deadline", "--until-input-closes" })
        {
            Assert.Contains(option, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("NAME=SOCKET is expected", "--control", "/tmp/none.sock", "--device", "disk0")]
    [InlineData("given twice", "--control", "/tmp/none.sock", "--device", "a=/tmp/a.sock", "--device", "a=/tmp/b.sock")]
    [InlineData("'conect' is not an option", "--control", "/tmp/none.sock", "--device", "a=/tmp/a.sock,conect")]
    [InlineData("--control", "--device", "a=/tmp/a.sock")]
    [InlineData("above 0", "--control", "/tmp/none.sock", "--device", "a=/tmp/a.sock", "--deadline", "0")]
    public async Task AWrongCommandLineIsTold(string part, params string[] arguments)
    {
        (int code, string output) = await RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.Contains(part, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnOccupiedControlSocketIsTold()
    {
        using var folder = new RunFolder();
        using var taken = UnixListener.Bind(folder.In("taken.sock"));
        (int code, string output) = await RunAsync("--control", folder.In("taken.sock"), "--device", $"a={folder.In("a.sock")}");
        Assert.Equal(1, code);
        Assert.Contains("taken.sock", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ItEndsInOrderWhenItsInputCloses(bool asked)
    {
        using var folder = new RunFolder();
        var lines = new ConcurrentQueue<string>();
        List<string> arguments = ["--control", folder.In("control.sock"), "--device", $"a={folder.In("a.sock")}"];
        if (asked) { arguments.Add("--until-input-closes"); }
        using ManagedProcess keeper = ManagedProcess.Start("keeper", ProgramFile.Keeper, arguments, new Dictionary<string, string>(), lines.Enqueue);
        WaitFor.Condition(() => !lines.IsEmpty, "the keeper says that it keeps", Limit);
        int code = await keeper.StopAsync(asked ? Limit : TimeSpan.FromMilliseconds(200));
        Assert.Equal(asked ? 0 : 137, code);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var lines = new ConcurrentQueue<string>();
        using ManagedProcess keeper = ManagedProcess.Start("keeper", ProgramFile.Keeper, arguments, new Dictionary<string, string>(), lines.Enqueue);
        int code = await keeper.Exited.WaitAsync(Limit, TestContext.Current.CancellationToken);
        keeper.DrainOutput();
        return (code, string.Join('\n', lines));
    }
}

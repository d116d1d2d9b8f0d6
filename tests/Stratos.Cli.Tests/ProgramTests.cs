using Stratos.Cli.Processes;

namespace Stratos.Cli.Tests;

/// <summary>The program as its user runs it: help, errors and exit codes.</summary>
public sealed class ProgramTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("block")]
    [InlineData("console")]
    [InlineData("entropy")]
    public async Task EachDeviceHasHelp(string kind)
    {
        (int code, string output) = await RunAsync("device", kind, "--help");
        Assert.Equal(0, code);
        Assert.Contains("--socket", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, "exactly one", "device", "block", "--socket", "/tmp/none.sock")]
    [InlineData(64, "ENOENT", "device", "block", "--socket", "/tmp/none.sock", "--file", "/nowhere/disk.img")]
    [InlineData(64, "is not a device name", "device", "entropy", "--socket", "/tmp/none.sock", "--name", "a/b")]
    [InlineData(64, "--kills", "demo", "--kills", "0")]
    [InlineData(64, "KIND:NAME", "partition", "--keeper", "/tmp/none.sock", "--device", "disk0")]
    [InlineData(1, "--socket", "device", "entropy")]
    [InlineData(1, "--serial", "device", "block", "--socket", "/tmp/none.sock", "--serials", "1")]
    public async Task AWrongCommandLineIsTold(int code, string part, params string[] arguments)
    {
        (int actual, string output) = await RunAsync(arguments);
        Assert.Contains(part, output, StringComparison.Ordinal);
        Assert.Equal(code, actual);
    }

    [Fact]
    public async Task AnOccupiedSocketIsTold()
    {
        using var folder = new RunFolder();
        using var taken = Fabric.Linux.UnixListener.Bind(folder.In("taken.sock"));
        (int code, string output) = await RunAsync("device", "entropy", "--socket", folder.In("taken.sock"), "--no-standby");
        Assert.Equal(71, code);
        Assert.Contains("taken.sock", output, StringComparison.Ordinal);
    }

    /// <summary>/dev/full is a disk without room: each write to it fails.</summary>
    [Fact]
    public async Task ALogThatCannotBeWrittenEndsNothing()
    {
        ProgramFile stratos = ProgramFile.Stratos;
        string[] arguments = ["-c", "exec \"$0\" \"$@\" 2>/dev/full", stratos.Path, .. stratos.Prefix, "device", "block", "--socket", "/tmp/none.sock"];
        using ManagedProcess process = ManagedProcess.Start(
            "stratos", stratos with { Path = "/bin/sh", Prefix = [] }, arguments, new Dictionary<string, string>(), static _ => { });
        Assert.Equal(64, await process.Exited.WaitAsync(Limit, TestContext.Current.CancellationToken));
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var lines = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using ManagedProcess process = ManagedProcess.Start(
            "stratos", ProgramFile.Stratos, arguments, new Dictionary<string, string>(), lines.Enqueue);
        int code = await process.Exited.WaitAsync(Limit, TestContext.Current.CancellationToken);
        process.DrainOutput();
        return (code, string.Join('\n', lines));
    }
}

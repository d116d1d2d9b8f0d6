namespace Stratos.Lab.Tests;

/// <summary>QEMU's monitor: commands, refusals, events, and a guest that moves from one QEMU to another.</summary>
public sealed class MonitorTests(LabFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(QemuVersion.Current)]
    [InlineData(QemuVersion.Bookworm)]
    public async Task A_guest_stops_and_goes_on(QemuVersion qemu)
    {
        await using GuestRun run = await fixture.Lab.BootAsync(new() { Qemu = qemu, Script = "echo ready; sleep 1" }, Ct);
        await run.WaitForAsync("ready\n", TimeSpan.FromSeconds(50), Ct);

        await run.Monitor.ExecuteAsync("stop", ct: Ct);
        await run.Monitor.WaitForEventAsync("STOP", Ct);
        Assert.Equal("paused", (await run.Monitor.ExecuteAsync("query-status", ct: Ct)).GetProperty("status").GetString());
        await run.Monitor.ExecuteAsync("cont", ct: Ct);

        Assert.Equal(0, (await run.CompletionAsync(Ct)).ExitCode);
    }

    [Fact]
    public async Task A_refused_command_says_why()
    {
        await using GuestRun run = await fixture.Lab.BootAsync(new() { Script = "sleep 100" }, Ct);

        var refused = await Assert.ThrowsAsync<QmpException>(() => run.Monitor.ExecuteAsync("no-such-command", ct: Ct));

        Assert.Contains("no-such-command", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_migrates_in_the_middle_of_its_script()
    {
        var spec = new GuestSpec { Script = "echo before; sleep 2; echo after; exit 5" };
        string socket = Path.Combine(Path.GetTempPath(), $"stratos-migrate-{Guid.NewGuid():N}");
        await using GuestRun source = await fixture.Lab.BootAsync(spec, Ct);
        await using GuestRun target = await fixture.Lab.BootAsync(spec with { Incoming = "defer" }, Ct);
        await source.WaitForAsync("before\n", TimeSpan.FromSeconds(50), Ct);

        await target.Monitor.ExecuteAsync("migrate-incoming", new { uri = "unix:" + socket }, Ct);
        await source.Monitor.ExecuteAsync("migrate", new { uri = "unix:" + socket }, Ct);
        await target.Monitor.WaitForEventAsync("RESUME", Ct);

        GuestResult result = await target.CompletionAsync(Ct);
        Assert.Equal("after\n", result.Output);
        Assert.Equal(5, result.ExitCode);
    }
}

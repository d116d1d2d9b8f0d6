namespace Stratos.Lab.Tests;

/// <summary>Whatever goes wrong with a guest ends in time, and the message says what it was.</summary>
public sealed class GuestFailureTests(LabFixture fixture)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_that_hangs_is_killed_at_its_deadline()
    {
        var spec = new GuestSpec { Script = "echo before; sleep 1000", Deadline = TimeSpan.FromSeconds(20) };
        await using GuestRun run = await fixture.Lab.BootAsync(spec, Ct);

        var hung = await Assert.ThrowsAsync<GuestDeadlineException>(() => run.CompletionAsync(Ct));

        Assert.Contains("Waited 20 s in vain for the end of the guest: the script was still running", hung.Message, StringComparison.Ordinal);
        Assert.Equal("before\n", hung.Result.Output);
        Assert.Equal(128 + 9, run.Snapshot().QemuExitCode);
    }

    [Fact]
    public async Task A_guest_that_panics_says_so()
    {
        var spec = new GuestSpec { Script = "echo before; read -r word </dev/ttyS1; echo c >/proc/sysrq-trigger" };
        await using GuestRun run = await fixture.Lab.BootAsync(spec, Ct);
        await run.WaitForAsync("before\n", TimeSpan.FromSeconds(50), Ct);
        await run.SendLineAsync("now", Ct);

        var panic = await Assert.ThrowsAsync<GuestException>(() => run.CompletionAsync(Ct));

        Assert.Contains("the guest's kernel panicked (Kernel panic", panic.Message, StringComparison.Ordinal);
        Assert.Equal("before\n", panic.Result.Output);
        Assert.Null(panic.Result.ExitCode);
    }

    [Fact]
    public async Task A_guest_that_switches_itself_off_early_says_so()
    {
        var early = await FailAsync(new() { Script = "poweroff -f" });

        Assert.Contains("the guest switched itself off or rebooted before", early.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_QEMU_is_reported_with_its_signal()
    {
        await using GuestRun run = await fixture.Lab.BootAsync(new() { Script = "echo ready; sleep 1000" }, Ct);
        await run.WaitForAsync("ready\n", TimeSpan.FromSeconds(50), Ct);

        run.Kill();

        var killed = await Assert.ThrowsAsync<GuestException>(() => run.CompletionAsync(Ct));
        Assert.Contains("QEMU was ended by signal 9 (SIGKILL)", killed.Message, StringComparison.Ordinal);
        Assert.False(killed.Result.QemuAlive);
    }

    [Theory]
    [InlineData(QemuVersion.Current)]
    [InlineData(QemuVersion.Bookworm)]
    public async Task A_backend_that_is_not_there_is_named_by_QEMUs_own_words(QemuVersion qemu)
    {
        var refused = await FailAsync(new() { Qemu = qemu, Devices = [VhostUserDevice.Rng("/nowhere/rng.sock")], Script = "true" });

        Assert.Contains("QEMU ended with exit code 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/rng.sock", refused.Result.QemuErrors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_never_comes_is_told_at_its_deadline_and_the_guest_goes_on()
    {
        await using GuestRun run = await fixture.Lab.BootAsync(new() { Script = "echo first; read line </dev/ttyS1; echo $line" }, Ct);
        await run.WaitForAsync("first\n", TimeSpan.FromSeconds(50), Ct);

        var late = await Assert.ThrowsAsync<GuestDeadlineException>(() => run.WaitForAsync("second\n", Soon, Ct));

        Assert.Contains("in vain for the text \"second\": the script was still running", late.Message, StringComparison.Ordinal);
        Assert.Null(run.Snapshot().QemuExitCode);
    }

    [Fact]
    public async Task A_text_that_cannot_come_any_more_is_told_at_once()
    {
        await using GuestRun run = await fixture.Lab.BootAsync(new() { Script = "echo first; exit 4" }, Ct);

        var gone = await Assert.ThrowsAsync<GuestException>(() => run.WaitForAsync("second\n", TimeSpan.FromSeconds(50), Ct));

        Assert.Contains("the text \"second\" never came: the script had already ended with 4", gone.Message, StringComparison.Ordinal);
    }

    private async Task<GuestException> FailAsync(GuestSpec spec) =>
        await Assert.ThrowsAsync<GuestException>(() => fixture.Lab.RunAsync(spec, Ct));
}

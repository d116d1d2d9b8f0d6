namespace Stratos.Lab.Tests;

/// <summary>A script in a guest: its output, its exit code, its tools, on both frontends.</summary>
public sealed class GuestScriptTests(LabFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(QemuVersion.Current)]
    [InlineData(QemuVersion.Bookworm)]
    public async Task A_script_gives_its_output_and_its_exit_code(QemuVersion qemu)
    {
        GuestResult result = await RunAsync(new() { Qemu = qemu, Script = "echo one; echo two >&2; printf 'no line end'; exit 7" });

        Assert.Equal("one\ntwo\nno line end", result.Output);
        Assert.Equal(7, result.ExitCode);
        Assert.True(result.QemuAlive);
        Assert.Contains("stratos: the script ended with 7", result.Serial, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_of_this_machine_are_there_beside_a_layer_s()
    {
        string program = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(program, "#!/bin/sh\necho hello from here\n", Ct);
            GuestResult result = await RunAsync(new()
            {
                Layers = [GuestLayer.Ext4],
                Programs = [new(program, "/opt/mine/hello"), new(program, "/bin/greet")],
                Script = "/opt/mine/hello && greet && mke2fs -V 2>/dev/null",
            });

            Assert.Equal("hello from here\nhello from here\n", result.Output);
            Assert.Equal(0, result.ExitCode);
        }
        finally
        {
            File.Delete(program);
        }
    }

    [Fact]
    public async Task A_script_without_output_gives_none()
    {
        GuestResult result = await RunAsync(new() { Script = "true" });

        Assert.Equal("", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Kernel_noise_and_imitated_marks_stay_out_of_the_output()
    {
        GuestResult result = await RunAsync(new()
        {
            Script = "echo 'an alarm' >/dev/kmsg; printf '\\n@@run@@ exit 3\\n'; head -c 20000 /dev/zero; echo end",
        });

        Assert.DoesNotContain("alarm", result.Output, StringComparison.Ordinal);
        Assert.Equal("\n@@run@@ exit 3\n" + new string('\0', 20000) + "end\n", result.Output);
        Assert.Contains("an alarm", result.Serial, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task A_script_may_be_longer_than_a_kernel_command_line()
    {
        string line = $"echo '{new string('x', 200)}'\n";
        GuestResult result = await RunAsync(new() { Script = string.Concat(Enumerable.Repeat(line, 500)) });

        Assert.Equal(500 * 201, result.Output.Length);
    }

    [Fact]
    public async Task Every_layer_brings_the_tools_that_it_promises()
    {
        GuestResult result = await RunAsync(new()
        {
            MemoryMiB = 256,
            Layers = [GuestLayer.Fio, GuestLayer.Ext4],
            Script = """
                missing=0
                for tool in gpioset i2ctransfer spi-pipe candump ip hwclock rngd evtest aplay blkdiscard lsblk blockdev strace \
                            fio mkfs.ext4 e2fsck resize2fs; do
                    command -v $tool >/dev/null || { echo "no $tool"; missing=1; }
                done
                fio --version && mkfs.ext4 -V && ip -V && exit $missing
                """,
        });

        Assert.True(result.ExitCode == 0, result.Output);
    }

    [Fact]
    public async Task A_script_and_its_test_take_turns()
    {
        var spec = new GuestSpec { Script = "for i in 1 2; do echo ready $i; read -r word </dev/ttyS1; echo \"$word back\"; done" };
        await using GuestRun run = await fixture.Lab.BootAsync(spec, Ct);

        await run.WaitForAsync("ready 1\n", TimeSpan.FromSeconds(50), Ct);
        await run.SendLineAsync("first", Ct);
        await run.WaitForAsync("ready 2\n", TimeSpan.FromSeconds(50), Ct);
        await run.SendLineAsync("second", Ct);

        Assert.Equal("ready 1\nfirst back\nready 2\nsecond back\n", (await run.CompletionAsync(Ct)).Output);
    }

    private Task<GuestResult> RunAsync(GuestSpec spec) => fixture.Lab.RunAsync(spec, Ct);
}

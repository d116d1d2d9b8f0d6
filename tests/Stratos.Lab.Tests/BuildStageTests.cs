using System.Diagnostics;

namespace Stratos.Lab.Tests;

/// <summary>The stages of build-lab, tried on steps that take no time.</summary>
public sealed class BuildStageTests : IDisposable
{
    private readonly string _lab = Directory.CreateTempSubdirectory("stratos-stages-").FullName;

    public BuildStageTests()
    {
        Directory.CreateDirectory(Path.Combine(_lab, "stamps"));
        Directory.CreateDirectory(Path.Combine(_lab, "logs"));
    }

    public void Dispose() => Directory.Delete(_lab, recursive: true);

    [Fact]
    public async Task A_stage_runs_once_for_the_same_inputs_and_again_for_others()
    {
        (string output, _, int code) = await ShellAsync("""
            work() { echo done >>"$LAB/work"; }
            stage first "a step" one two -- work
            stage first "a step" one two -- work
            stage first "a step" one three -- work
            wc -l <"$LAB/work"
            """);

        Assert.Equal(0, code);
        Assert.Equal(["[  0 s] first: a step", "[  0 s] first: a step", "2"], output.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_changed_file_is_a_changed_input()
    {
        (string output, _, _) = await ShellAsync("""
            work() { echo done >>"$LAB/work"; }
            for content in a a b; do echo $content >"$LAB/input"; stage first "a step" "$LAB/input" -- work; done
            wc -l <"$LAB/work"
            """);

        Assert.EndsWith("\n2\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_stage_shows_its_log_and_runs_again_the_next_time()
    {
        const string Script = """
            work() { echo "the cause"; false; echo "never reached"; }
            stage first "a step" one -- work
            echo "never reached"
            """;
        (_, string errors, int code) = await ShellAsync(Script);
        (string again, _, _) = await ShellAsync(Script);

        Assert.Equal(1, code);
        Assert.Contains("the cause", errors, StringComparison.Ordinal);
        Assert.Contains("stage first failed (exit code 1). Whole log: ", errors, StringComparison.Ordinal);
        Assert.Contains("first: a step", again, StringComparison.Ordinal);
        Assert.DoesNotContain("never reached", again + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_told_before_the_work_starts()
    {
        (_, string errors, int code) = await ShellAsync("need_space 999999999999");

        Assert.Equal(1, code);
        Assert.Contains("Remedy: make room, or set STRATOS_LAB", errors, StringComparison.Ordinal);
    }

    private async Task<(string Output, string Errors, int Code)> ShellAsync(string script)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        string stages = Path.Combine(LabBuildFolder(), "lib", "stage.sh");
        var start = new ProcessStartInfo("bash", ["-c", $"set -euo pipefail; LAB='{_lab}'; . '{stages}'\n{script}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process shell = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        Task<string> errors = shell.StandardError.ReadToEndAsync(ct);
        string output = await shell.StandardOutput.ReadToEndAsync(ct);
        await shell.WaitForExitAsync(ct);
        return (output, await errors, shell.ExitCode);
    }

    private static string LabBuildFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "deploy", "guest")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the source tree.");
        }

        return Path.Combine(folder.FullName, "deploy", "guest");
    }
}

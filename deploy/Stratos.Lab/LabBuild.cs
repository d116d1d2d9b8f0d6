using System.Diagnostics;

namespace Stratos.Lab;

/// <summary>The script that builds the lab: <c>deploy/guest/build-lab</c> of the tree that this runs in.</summary>
internal sealed class LabBuild
{
    private readonly string _script;

    private LabBuild(string script) => _script = script;

    public static LabBuild Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string script = Path.Combine(folder.FullName, "deploy", "guest", "build-lab");
            if (File.Exists(script))
            {
                return new LabBuild(script);
            }
        }

        throw new LabUnavailableException(
            $"No folder above {AppContext.BaseDirectory} has deploy/guest/build-lab. Run the tests inside the source tree.");
    }

    /// <summary>Builds what is missing or out of date.</summary>
    public Task RunAsync(IProgress<string>? progress, CancellationToken ct) => StartAsync([], progress, ct);

    /// <summary>The folder of the lab.</summary>
    public async Task<string> WhereAsync(CancellationToken ct)
    {
        var answer = new LastLine();
        await StartAsync(["--where"], answer, ct);
        return Path.GetFullPath(answer.Text);
    }

    private async Task StartAsync(IReadOnlyList<string> arguments, IProgress<string>? progress, CancellationToken ct)
    {
        var start = new ProcessStartInfo(_script, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start) ?? throw new LabUnavailableException($"{_script} did not start.");
        process.StandardInput.Close();
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(ct);
            while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
            {
                progress?.Report(line);
            }

            string complaint = await errors;
            await process.WaitForExitAsync(ct);
            if (process.ExitCode != 0)
            {
                throw new LabUnavailableException($"The lab could not be built on this machine.\n{complaint.TrimEnd()}");
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private sealed class LastLine : IProgress<string>
    {
        public string Text { get; private set; } = "";

        public void Report(string value) => Text = value;
    }
}

using System.Diagnostics;

namespace Stratos.Lab;

/// <summary>A program of this source tree for a guest: published to native code, so that it needs no runtime there.</summary>
/// <param name="HostPath">The program here.</param>
/// <param name="GuestPath">Where the guest has it, such as <c>/bin/stratos-driver</c>.</param>
public sealed record GuestProgram(string HostPath, string GuestPath)
{
    private static readonly SemaphoreSlim Once = new(1);
    private static readonly Dictionary<string, GuestProgram> Published = [];

    /// <summary>Publishes a project and returns its program; once in a process, seconds when nothing has changed. It needs a C compiler.</summary>
    /// <param name="project">The project's folder in the source tree, such as <c>deploy/Stratos.GuestDriver</c>.</param>
    /// <param name="name">The program's name.</param>
    /// <param name="ct">Stops the publication.</param>
    /// <exception cref="LabUnavailableException">It cannot be published here; the message ends with the compiler's last lines.</exception>
    public static async Task<GuestProgram> PublishAsync(string project, string name, CancellationToken ct = default)
    {
        await Once.WaitAsync(ct);
        try
        {
            if (!Published.TryGetValue(project, out GuestProgram? program))
            {
                string root = SourceFolder(project);
                string output = Path.Combine(root, project, "bin", "guest");
                await RunAsync(["publish", Path.Combine(root, project), "-c", "Release", "-o", output, "-v", "quiet"], ct);
                Published[project] = program = new GuestProgram(Path.Combine(output, name), "/bin/" + name);
            }

            return program;
        }
        finally
        {
            Once.Release();
        }
    }

    private static async Task RunAsync(string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new LabUnavailableException("dotnet did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync(ct);
        string output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0)
        {
            throw new LabUnavailableException($"dotnet {string.Join(' ', arguments)} failed.\n{output.TrimEnd()}\n{(await errors).TrimEnd()}");
        }
    }

    private static string SourceFolder(string project)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, project)))
            {
                return folder.FullName;
            }
        }

        throw new LabUnavailableException($"No folder above {AppContext.BaseDirectory} has {project}. Run the tests inside the source tree.");
    }
}

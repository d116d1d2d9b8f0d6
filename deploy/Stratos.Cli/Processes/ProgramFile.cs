using System.Runtime.InteropServices;

namespace Stratos.Cli.Processes;

/// <summary>A program of the fabric and how to start it.</summary>
/// <param name="Path">The file to execute.</param>
/// <param name="Prefix">Arguments that come before the program's own.</param>
public sealed record ProgramFile(string Path, IReadOnlyList<string> Prefix)
{
    /// <summary>The variable that names the folder of the programs, where it is not this program's own.</summary>
    public const string FolderVariable = "STRATOS_PROGRAMS";

    private static string Folder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;

    /// <summary>The <c>stratos</c> program itself.</summary>
    public static ProgramFile Stratos => Beside("stratos");

    /// <summary>The session keeper: the native program where it was built, otherwise the one for the .NET runtime.</summary>
    /// <exception cref="FileNotFoundException">It is nowhere; the message says how to build it.</exception>
    public static ProgramFile Keeper
    {
        get
        {
            string native = System.IO.Path.Combine(Folder, "keeper", "stratos-keeper");
            return File.Exists(native) ? new(native, []) : Beside("stratos-keeper");
        }
    }

    private static ProgramFile Beside(string name)
    {
        string program = System.IO.Path.Combine(Folder, name);
        if (File.Exists(program)) { return new(program, []); }
        string assembly = program + ".dll";
        if (File.Exists(assembly))
        {
            string runtime = System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet");
            return new(System.IO.Path.GetFullPath(runtime), [assembly]);
        }
        throw new FileNotFoundException(
            $"The program '{name}' is not in {Folder}. Run './stratos --help' in the source tree once: it builds both programs.");
    }
}

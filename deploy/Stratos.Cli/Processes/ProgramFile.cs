using System.Runtime.InteropServices;

namespace Stratos.Cli.Processes;

/// <summary>A program of the fabric and how to start it.</summary>
/// <param name="Path">The file to execute.</param>
/// <param name="Prefix">Arguments that come before the program's own.</param>
public sealed record ProgramFile(string Path, IReadOnlyList<string> Prefix)
{
    /// <summary>The <c>stratos</c> program itself.</summary>
    public static ProgramFile Stratos => Beside("stratos");

    /// <summary>The session keeper: the native program where it was built, otherwise the one for the .NET runtime.</summary>
    /// <exception cref="FileNotFoundException">It is nowhere; the message says how to build it.</exception>
    public static ProgramFile Keeper
    {
        get
        {
            string native = System.IO.Path.Combine(AppContext.BaseDirectory, "keeper", "stratos-keeper");
            return File.Exists(native) ? new(native, []) : Beside("stratos-keeper");
        }
    }

    private static ProgramFile Beside(string name)
    {
        string program = System.IO.Path.Combine(AppContext.BaseDirectory, name);
        if (File.Exists(program)) { return new(program, []); }
        string assembly = program + ".dll";
        if (File.Exists(assembly))
        {
            string runtime = System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet");
            return new(System.IO.Path.GetFullPath(runtime), [assembly]);
        }
        throw new FileNotFoundException(
            $"The program '{name}' is not in {AppContext.BaseDirectory}. Run './stratos --help' in the source tree once: it builds both programs.");
    }
}

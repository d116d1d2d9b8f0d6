using System.Xml.Linq;

namespace Stratos.HouseRules.Tests;

/// <summary>The repository's files, without what builds and tools leave in it.</summary>
internal static class SourceTree
{
    /// <summary>The folders that hold projects, outermost rule first.</summary>
    public static readonly string[] Layers = ["fabric", "actors", "transports", "deploy", "tests"];

    private static readonly HashSet<string> Left = ["bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>All files, as paths from the root with slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal)];

    /// <summary>The C# sources.</summary>
    public static IReadOnlyList<string> Sources { get; } = [.. Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal))];

    public static IReadOnlyList<Project> Projects { get; } =
        [.. Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).Select(Project.Read)];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
            yield return file;
        foreach (string inner in Directory.EnumerateDirectories(folder))
        {
            string name = Path.GetFileName(inner);
            if (Left.Contains(name) || (name.StartsWith('.') && name != ".ci"))
                continue;
            foreach (string file in Walk(inner))
                yield return file;
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Stratos.Fabric.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"Stratos.Fabric.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}

/// <summary>A project file: where it is and what it refers to.</summary>
internal sealed record Project(string File, string Name, string Layer, IReadOnlyList<string> References, IReadOnlyList<string> Packages, bool Unsafe)
{
    public bool IsTest => Layer == "tests";

    public string Folder => Path.GetDirectoryName(File)!;

    /// <summary>The project's own C# sources.</summary>
    public IEnumerable<string> Sources => SourceTree.Sources.Where(file => file.StartsWith(Folder + "/", StringComparison.Ordinal));

    public static Project Read(string file) => Parse(file, SourceTree.Read(file));

    public static Project Parse(string file, string text)
    {
        var xml = XDocument.Parse(text);
        string folder = Path.GetDirectoryName(file)!;
        return new Project(
            file,
            Path.GetFileNameWithoutExtension(file),
            file.Split('/')[0],
            [.. Values(xml, "ProjectReference").Select(path => Path.GetRelativePath(".", Path.Combine(folder, path)))],
            [.. Values(xml, "PackageReference")],
            xml.Descendants("AllowUnsafeBlocks").Any(element => element.Value == "true"));
    }

    private static IEnumerable<string> Values(XDocument xml, string element) =>
        xml.Descendants(element).Select(found => (string?)found.Attribute("Include")).OfType<string>();
}

namespace Stratos.Actors.Tests.Testing;

/// <summary>Files of this repository.</summary>
internal static class Repository
{
    public static string Settings { get; } = Find("akka.hocon");

    private static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, name)))
                return Path.Combine(folder.FullName, name);
        throw new FileNotFoundException($"{name} is in no folder above {AppContext.BaseDirectory}.");
    }
}

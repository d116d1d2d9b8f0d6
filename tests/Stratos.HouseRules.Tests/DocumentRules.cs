using System.Text.RegularExpressions;

namespace Stratos.HouseRules.Tests;

/// <summary>Documents name only what there is: files, commands, types.</summary>
public sealed partial class DocumentRules
{
    private static readonly IReadOnlyList<string> Documents =
        [.. SourceTree.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))];

    private static readonly Lazy<HashSet<string>> Words = new(() =>
    {
        string[] kinds = [".cs", ".proto", ".hocon", ".csproj", ".props", ".sh", ".sln", ".config"];
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (string file in SourceTree.Files.Where(file => kinds.Contains(Path.GetExtension(file))))
            foreach (Match word in Word().Matches(SourceTree.Read(file)))
                words.Add(word.Value);
        return words;
    });

    public static TheoryData<string> All() => new(Documents);

    [Theory]
    [MemberData(nameof(All))]
    public void Links_lead_to_files_that_exist(string document) => Assert.Empty(
        from Match link in Link().Matches(SourceTree.Read(document))
        let target = link.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
        where !Path.Exists(Path.Combine(SourceTree.Root, Path.GetDirectoryName(document)!, target))
        select target);

    [Theory]
    [MemberData(nameof(All))]
    public void Paths_that_are_named_exist(string document) => Assert.Empty(
        from name in Quoted(SourceTree.Read(document))
        where IsRepositoryPath(name) && !SourceTree.Exists(name)
        select name);

    [Theory]
    [MemberData(nameof(All))]
    public void Types_that_are_named_exist(string document) => Assert.Empty(
        from name in Quoted(SourceTree.Read(document))
        where TypeName().IsMatch(name) && !name.Split('.').All(Words.Value.Contains)
        select name);

    [Theory]
    [MemberData(nameof(All))]
    public void Commands_of_the_program_exist(string document) => Assert.Empty(
        from Match command in ProgramCommand().Matches(SourceTree.Read(document))
        let word = command.Groups[1].Value
        where !Commands.Value.Contains(word)
        select command.Value);

    [Theory]
    [InlineData("fabric/Stratos.Fabric.Linux", true)]
    [InlineData("docs/architecture.md", true)]
    [InlineData("logs/", false)]
    [InlineData("fabric/…Devices/Gpio/", false)]
    [InlineData("a/b", false)]
    public void The_rule_knows_a_path_of_the_repository(string text, bool isPath) => Assert.Equal(isPath, IsRepositoryPath(text));

    /// <summary>The words that the script takes itself, and the names of the program's commands.</summary>
    private static readonly Lazy<HashSet<string>> Commands = new(() =>
    {
        var commands = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match word in CaseOfScript().Matches(SourceTree.Read("stratos")))
            commands.UnionWith(word.Groups[1].Value.Split('|', StringSplitOptions.TrimEntries));
        foreach (string file in SourceTree.Sources.Where(file => file.StartsWith("deploy/Stratos.Cli/", StringComparison.Ordinal)))
            foreach (Match word in CommandOfProgram().Matches(SourceTree.Read(file)))
                commands.Add(word.Groups[1].Value);
        return commands;
    });

    private static IEnumerable<string> Quoted(string text) =>
        from Match quoted in Backticks().Matches(Fence().Replace(text, ""))
        select quoted.Groups[1].Value;

    private static bool IsRepositoryPath(string text) =>
        RepositoryPath().IsMatch(text) && SourceTree.Layers.Append("docs").Append(".ci").Contains(text.Split('/')[0]);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Backticks();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^[\w.\-]+(/[\w.\-]+)+/?$")]
    private static partial Regex RepositoryPath();

    /// <summary>Two humps or more: names of types and members, not of brands and signals.</summary>
    [GeneratedRegex(@"^([A-Z][a-z0-9]+){2,}(\.([A-Z][a-z0-9]+)+)*$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?:\./stratos|`stratos|^\s*stratos) ([a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex ProgramCommand();

    [GeneratedRegex(@"^\s*([a-z][a-z |\-]*)\)", RegexOptions.Multiline)]
    private static partial Regex CaseOfScript();

    [GeneratedRegex("\"([a-z][a-z-]*)\"")]
    private static partial Regex CommandOfProgram();
}

using System.Text.RegularExpressions;

namespace Stratos.HouseRules.Tests;

/// <summary>What sources must not contain, and how long they may be.</summary>
public sealed partial class SourceRules
{
    private const int MostLines = 400;

    /// <summary>Files that were longer when the rule came, with the lines they had. Entries only shrink and vanish.</summary>
    private static readonly Dictionary<string, int> TooLongOnce = [];

    /// <summary>Each banned thing: what it looks like in code, where it is banned, and what to do instead.</summary>
    private static readonly (Regex Pattern, string[] Layers, string Instead)[] Banned =
    [
        (Sleeping(), ["fabric", "actors", "transports", "tests"], "wait for the condition, with a deadline"),
        (Delaying(), ["fabric", "actors", "transports", "tests"], "wait for the condition, with a deadline"),
        (AsyncVoid(), SourceTree.Layers, "return a Task: nobody sees the failure of async void"),
        (Pragma(), SourceTree.Layers, "mend the cause, or suppress one case with a justification"),
        (ConsoleOutput(), ["fabric", "actors", "transports"], "libraries report through what they are given"),
        (LocalClock(), SourceTree.Layers, "take UTC, or a monotonic clock for durations"),
        (Collecting(), ["fabric", "actors", "transports", "deploy"], "make less garbage"),
        (Skipping(), ["tests"], "a test that cannot run says so by failing"),
    ];

    /// <summary>The one wait that has nothing to be woken by, and why.</summary>
    private static readonly Dictionary<string, string> Excused = new()
    {
        ["fabric/Stratos.Fabric.Linux/Sockets/UnixListener.cs"] = "a file lock with a limit to the patience: the kernel tells nobody when it is free",
    };

    [Fact]
    public void No_source_does_what_is_banned() => Assert.Empty(
        from file in SourceTree.Sources
        where !Excused.ContainsKey(file) && !file.StartsWith("tests/Stratos.HouseRules.Tests/", StringComparison.Ordinal)
        from finding in Findings(file, SourceTree.Read(file))
        select finding);

    [Fact]
    public void Every_excuse_is_still_needed() => Assert.All(Excused.Keys, file => Assert.NotEmpty(Findings(file, SourceTree.Read(file))));

    [Fact]
    public void A_planned_change_names_its_issue() => Assert.Empty(
        from file in SourceTree.Sources
        where !file.StartsWith("tests/Stratos.HouseRules.Tests/", StringComparison.Ordinal)
        from line in SourceTree.Read(file).Split('\n')
        where Planned().IsMatch(line) && !IssueNumber().IsMatch(line)
        select $"{file}: {line.Trim()}");

    [Fact]
    public void No_file_is_longer_than_a_reader_can_hold() => Assert.Empty(
        from file in SourceTree.Sources
        let lines = SourceTree.Read(file).Split('\n').Length
        where lines > TooLongOnce.GetValueOrDefault(file, MostLines)
        select $"{file} has {lines} lines; {TooLongOnce.GetValueOrDefault(file, MostLines)} are the most. Split it by concept.");

    [Fact]
    public void The_list_of_long_files_only_shrinks() => Assert.All(TooLongOnce, once =>
    {
        Assert.True(SourceTree.Exists(once.Key), $"{once.Key} is gone: remove it from the list");
        int lines = SourceTree.Read(once.Key).Split('\n').Length;
        Assert.True(lines > MostLines, $"{once.Key} has {lines} lines now: remove it from the list");
        Assert.True(lines == once.Value, $"{once.Key} has {lines} lines now: say so in the list");
    });

    [Theory]
    [InlineData("tests/X.cs", "Thread.Sleep(5);")]
    [InlineData("fabric/X.cs", "await Task.Delay(5);")]
    [InlineData("deploy/X.cs", "private async void Go() {}")]
    [InlineData("deploy/X.cs", "#pragma warning disable CS1")]
    [InlineData("actors/X.cs", "Console.Error.WriteLine(1);")]
    [InlineData("deploy/X.cs", "var now = DateTime.Now;")]
    [InlineData("deploy/X.cs", "GC.Collect();")]
    [InlineData("tests/X.cs", "[Fact(Skip = null)]")]
    public void The_rule_finds_what_it_bans(string file, string code) => Assert.Single(Findings(file, code));

    [Theory]
    [InlineData("tests/X.cs", "// Thread.Sleep(5);")]
    [InlineData("deploy/X.cs", "await Task.Delay(5);")]
    [InlineData("deploy/X.cs", "Console.WriteLine(1);")]
    [InlineData("deploy/X.cs", "var now = DateTime.UtcNow;")]
    public void The_rule_leaves_the_rest_alone(string file, string code) => Assert.Empty(Findings(file, code));

    private static IEnumerable<string> Findings(string file, string text)
    {
        string layer = file.Split('/')[0];
        string[] lines = SourceText.CodeOf(text).Split('\n');
        return
            from ban in Banned
            where ban.Layers.Contains(layer)
            from line in Enumerable.Range(0, lines.Length)
            let match = ban.Pattern.Match(lines[line])
            where match.Success
            select $"{file}:{line + 1}: {match.Value.Trim()} is banned: {ban.Instead}";
    }

    [GeneratedRegex(@"\bThread\.Sleep\b")]
    private static partial Regex Sleeping();

    [GeneratedRegex(@"\bTask\.Delay\b")]
    private static partial Regex Delaying();

    [GeneratedRegex(@"\basync\s+void\b")]
    private static partial Regex AsyncVoid();

    [GeneratedRegex(@"^\s*#pragma\s+warning\b")]
    private static partial Regex Pragma();

    [GeneratedRegex(@"(?<![\w.])Console\.(Write|WriteLine|Out|Error)\b")]
    private static partial Regex ConsoleOutput();

    [GeneratedRegex(@"\bDateTime(Offset)?\.Now\b")]
    private static partial Regex LocalClock();

    [GeneratedRegex(@"\bGC\.Collect\b")]
    private static partial Regex Collecting();

    [GeneratedRegex(@"\bSkip\s*=|\bSkipWhen\s*=|\bSkipUnless\s*=|\bAssert\.Skip")]
    private static partial Regex Skipping();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Planned();

    [GeneratedRegex(@"#\d+")]
    private static partial Regex IssueNumber();
}

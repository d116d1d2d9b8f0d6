namespace Stratos.HouseRules.Tests;

/// <summary>Which project may refer to which, and what each may contain (docs/architecture.md, "The house").</summary>
public sealed class ReferenceRules
{
    private static readonly Dictionary<string, string[]> MayReferTo = new()
    {
        ["fabric"] = ["fabric"],
        ["actors"] = ["fabric", "actors"],
        ["transports"] = ["fabric", "transports"],
        ["deploy"] = ["fabric", "actors", "transports", "deploy"],
        ["tests"] = SourceTree.Layers,
    };

    private static readonly string[] UnsafeProjects = ["Stratos.Fabric.Linux", "Stratos.Fabric.Virtio"];

    [Fact]
    public void Projects_are_in_the_house_s_five_folders() =>
        Assert.All(SourceTree.Projects, project => Assert.Contains(project.Layer, SourceTree.Layers));

    [Fact]
    public void Fabric_refers_to_nobody_and_actors_and_transports_never_to_each_other() =>
        Assert.Empty(SourceTree.Projects.SelectMany(ForbiddenReferences));

    [Fact]
    public void Akka_is_only_in_actors_deploy_and_tests() => Assert.Empty(
        from project in SourceTree.Projects
        where project.Layer is not ("actors" or "deploy" or "tests")
        from package in project.Packages
        where package.StartsWith("Akka", StringComparison.Ordinal)
        select $"{project.File} uses {package}");

    [Fact]
    public void Actors_speak_no_wire_protocol_and_fabric_opens_no_network_sockets() => Assert.Empty(
        from project in SourceTree.Projects
        where project.Layer is "actors" or "fabric"
        from file in project.Sources
        where SourceText.CodeOf(SourceTree.Read(file)).Contains("System.Net.Sockets", StringComparison.Ordinal)
        select $"{file} uses System.Net.Sockets");

    [Fact]
    public void Unsafe_code_is_only_in_the_projects_for_it() => Assert.Empty(
        from project in SourceTree.Projects
        where project.Unsafe && !project.IsTest && !UnsafeProjects.Contains(project.Name)
        select $"{project.File} allows unsafe blocks");

    [Fact]
    public void Platform_calls_are_only_in_the_project_for_linux() => Assert.Empty(
        from project in SourceTree.Projects
        where project.Name != "Stratos.Fabric.Linux" && !project.IsTest
        from file in project.Sources
        let code = SourceText.CodeOf(SourceTree.Read(file))
        where code.Contains("[DllImport", StringComparison.Ordinal) || code.Contains("[LibraryImport", StringComparison.Ordinal)
        select $"{file} declares a platform call");

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = SourceTree.Read("Stratos.Fabric.sln").Replace('\\', '/');
        Assert.Empty(SourceTree.Projects.Where(project => !solution.Contains(project.File, StringComparison.Ordinal)).Select(project => project.File));
    }

    [Fact]
    public void Every_production_project_has_a_tests_project_of_its_name() => Assert.Empty(
        from project in SourceTree.Projects
        where !project.IsTest && project.Sources.Any(file => Path.GetFileName(file) != "Program.cs")
        where !SourceTree.Projects.Any(tests => tests.Name == project.Name + ".Tests" && tests.IsTest)
        select $"{project.File} has no tests/{project.Name}.Tests");

    [Fact]
    public void The_rule_finds_a_transport_that_refers_to_actors()
    {
        var bad = Project.Parse(
            "transports/Stratos.Transports.Bad/Stratos.Transports.Bad.csproj",
            "<Project><ItemGroup><ProjectReference Include=\"../../actors/Stratos.Actors/Stratos.Actors.csproj\" /></ItemGroup></Project>");
        Assert.Equal(["transports/Stratos.Transports.Bad/Stratos.Transports.Bad.csproj refers to actors/Stratos.Actors/Stratos.Actors.csproj"], ForbiddenReferences(bad));
    }

    private static IEnumerable<string> ForbiddenReferences(Project project) =>
        from reference in project.References
        where !MayReferTo[project.Layer].Contains(reference.Split('/')[0])
        select $"{project.File} refers to {reference}";
}

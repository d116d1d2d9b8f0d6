using System.Collections;
using Stratos.Actors.Settings;
using Stratos.Actors.Tests.Testing;

namespace Stratos.Actors.Tests.Settings;

public sealed class FabricSettingsTests
{
    private static readonly string Whole = File.ReadAllText(Repository.Settings);

    [Fact]
    public void The_file_in_the_root_is_whole_and_valid()
    {
        var settings = FabricSettings.Load(Repository.Settings);
        Assert.Equal("primary", settings.Name);
        Assert.Equal(PartitionRole.PrimaryVm, settings.Role);
        Assert.True(settings.Cluster.AcceptablePause >= TimeSpan.FromSeconds(3), "membership is conservative");
        Assert.IsType<TransportSecurity.None>(settings.Cluster.Security);
        Assert.Equal(5, settings.Supervision.Queue.Limit);
        Assert.Null(settings.Supervision.Session.Limit);
        Assert.Empty(settings.Cluster.Seeds);
        Assert.Contains("loglevel", settings.Text, StringComparison.Ordinal);
    }

    public static TheoryData<string> Keys()
    {
        var section = new HoconSection("akka.hocon", Akka.Configuration.ConfigurationFactory.ParseString(Whole));
        return new(section.Keys);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_missing_key_is_named_with_its_remedy(string key)
    {
        var fault = Assert.Throws<FabricSettingsException>(() => FabricSettings.Parse(Without(key)));
        Assert.Contains($"stratos.{key} is missing", fault.Message, StringComparison.Ordinal);
        Assert.Contains("root", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_is_refused_with_the_nearest_known_one()
    {
        var fault = Refusal(Whole.Replace("drain-limit =", "drain-limits =", StringComparison.Ordinal));
        Assert.Contains("stratos.operations.drain-limits is not known", fault, StringComparison.Ordinal);
        Assert.Contains("nearest known key is stratos.operations.drain-limit.", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("role = primary-vm", "role = main-vm", "safety-island, stub-vm or primary-vm")]
    [InlineData("rehearse = true", "rehearse = maybe", "true or false")]
    [InlineData("port = 0", "port = 70000", "a number from 0 to 65535")]
    [InlineData("port = 0", "port = -1", "a number from 0 to 65535")]
    [InlineData("drain-limit = 10s", "drain-limit = 10", "a time such as")]
    [InlineData("drain-limit = 10s", "drain-limit = -1s", "a time such as")]
    [InlineData("drain-limit = 10s", "drain-limit = 15s", "longer than operations.drain-limit")]
    [InlineData("name = \"primary\"", "name = \"1st\"", "beginning with a letter")]
    [InlineData("host = \"127.0.0.1\"", "host = \"a b\"", "a host name or an IP address")]
    [InlineData("seeds = []", "seeds = [\"nowhere\"]", "host:port")]
    [InlineData("seeds = []", "seeds = here", "must be a list")]
    [InlineData("acceptable-pause = 5s", "acceptable-pause = 1s", "two heartbeat intervals")]
    [InlineData("mode = none", "mode = tls", "none or mutual-tls")]
    [InlineData("mode = none", "mode = mutual-tls", "stratos.cluster.security.certificate is missing")]
    [InlineData("longest-delay = 500ms", "longest-delay = 5ms", "must not be shorter than first-delay")]
    public void An_invalid_value_is_named_with_what_it_must_be(string right, string wrong, string expected)
    {
        Assert.Contains(right, Whole, StringComparison.Ordinal);
        Assert.Contains(expected, Refusal(Whole.Replace(right, wrong, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var fault = Refusal(Whole
            .Replace("port = 0", "port = x", StringComparison.Ordinal)
            .Replace("role = primary-vm", "role = y", StringComparison.Ordinal));
        Assert.Contains("cluster.port", fault, StringComparison.Ordinal);
        Assert.Contains("partition.role", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("akka { }")]
    [InlineData("stratos { } \n kafka { a = 1 }")]
    public void A_file_that_is_not_one_of_ours_says_so(string text) =>
        Assert.Contains("akka.hocon", Refusal(text), StringComparison.Ordinal);

    [Fact]
    public void A_substitution_is_refused_and_not_resolved_to_nothing() =>
        _ = Refusal(Whole.Replace("name = \"primary\"", "name = ${?NAME}", StringComparison.Ordinal));

    [Fact]
    public void The_environment_overrides_what_is_a_process_s_own()
    {
        var settings = FabricSettings.Parse(Whole, FabricEnvironment.From(new Hashtable
        {
            ["STRATOS_PARTITION_NAME"] = "stub2",
            ["STRATOS_PARTITION_ROLE"] = "stub-vm",
            ["STRATOS_CLUSTER_PORT"] = "4054",
            ["STRATOS_CLUSTER_SEEDS"] = "10.0.0.1:4053, island:4053",
        }));
        Assert.Equal("stub2", settings.Name);
        Assert.Equal(PartitionRole.StubVm, settings.Role);
        Assert.Equal(4054, settings.Cluster.Port);
        Assert.Equal(["10.0.0.1:4053", "island:4053"], settings.Cluster.Seeds);
    }

    [Fact]
    public void An_invalid_override_is_named_by_its_variable()
    {
        var environment = FabricEnvironment.From(new Hashtable { ["STRATOS_CLUSTER_PORT"] = "many" });
        var fault = Assert.Throws<FabricSettingsException>(() => FabricSettings.Parse(Whole, environment));
        Assert.StartsWith("STRATOS_CLUSTER_PORT is \"many\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("/nowhere/akka.hocon", Assert.Throws<FabricSettingsException>(() => FabricSettings.Load("/nowhere/akka.hocon")).Message, StringComparison.Ordinal);

    private static string Refusal(string text) => Assert.Throws<FabricSettingsException>(() => FabricSettings.Parse(text)).Message;

    /// <summary>The file without one leaf, found by its path of blocks.</summary>
    private static string Without(string key)
    {
        string[] path = ["stratos", .. key.Split('.')];
        int depth = 0;
        var kept = new List<string>();
        foreach (string line in Whole.Split('\n'))
        {
            string text = line.Trim();
            if (depth < path.Length - 1 && text == path[depth] + " {")
                depth++;
            else if (depth == path.Length - 1 && text.StartsWith(path[depth] + " =", StringComparison.Ordinal))
            {
                depth = int.MaxValue;
                continue;
            }
            kept.Add(line);
        }
        return string.Join('\n', kept);
    }
}

using Stratos.Transports.VhostUser.Protocol.Framing;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>docs/vhost-user.md says what the backend does.</summary>
public sealed class DocumentTests
{
    private static readonly string s_text = File.ReadAllText(Path.Combine(Root(), "docs", "vhost-user.md"));

    public static TheoryData<string> Requests { get; } = new(FrontendRules.All.Select(rule => rule.Name));

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_has_a_row_that_says_whether_it_is_served(string name)
    {
        var row = Assert.Single(s_text.Split('\n'), line => line.StartsWith('|') && line.Split('|')[1].Split(',', StringSplitOptions.TrimEntries).Contains(name));
        var served = !row.Split('|')[2].Trim().Equals("no", StringComparison.Ordinal);
        var rule = FrontendRules.All.Single(rule => rule.Name == name);
        Assert.Equal(served, IsServed(rule));
    }

    [Fact]
    public void The_numbers_are_the_codes()
    {
        Assert.Contains($"no message is longer than {FrameParser.LongestPayload} bytes", s_text);
        Assert.Contains($"{BackendFeatures.MemorySlots} slots", s_text);
    }

    /// <summary>Asks a backend: one that does not serve a request says that it is not supported or was not negotiated.</summary>
    private static bool IsServed(MessageRule rule)
    {
        using var bench = new BackendBench(new FakeDevice());
        using (var frontend = bench.Connect())
        {
            using var memory = frontend.Open();
            using var bells = new RawFrontend.Doorbells();
            frontend.TrySend(
                (FrontendRequest)rule.Request, new byte[rule.MinPayload], false,
                [.. Enumerable.Repeat(bells.Call.Descriptor, rule.MinDescriptors)]);
            frontend.HangUp();
            frontend.Drain();
        }
        bench.Dispose();
        return !bench.Lines.Any(line => line.Contains("was not negotiated") || line.Contains("is not supported"));
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Stratos.Fabric.sln")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
        return directory.FullName;
    }
}

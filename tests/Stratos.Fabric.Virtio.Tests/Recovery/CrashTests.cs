using Stratos.Fabric.Virtio.Tests.Bench;
using Stratos.Testing;

namespace Stratos.Fabric.Virtio.Tests.Recovery;

/// <summary>Death at every step between two stores: nothing lost, nothing repeated on the ring, unrepeatable effects at most once.</summary>
public sealed class CrashTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Repeatable_requests_survive_a_death_at_every_step(string kind) => DieEverywhere(kind, unrepeatable: false);

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Unrepeatable_requests_survive_a_death_at_every_step(string kind) => DieEverywhere(kind, unrepeatable: true);

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Requests_survive_many_deaths_in_a_row(string kind)
    {
        int lives = CampaignSize.Of(60, 3000);
        for (int seed = 0; seed < lives; seed++)
        {
            Random random = new(seed);
            int[] deaths = [.. Enumerable.Range(0, 12).Select(_ => random.Next(1, 60)).Aggregate(new List<int>(), Accumulate)];
            Check(kind, seed, unrepeatable: seed % 2 == 0, deaths);
        }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Repeatable_requests_survive_a_death_at_every_step_of_a_foreign_journal(string kind) => DieEverywhere(kind, unrepeatable: false, phases: false);

    private static void DieEverywhere(string kind, bool unrepeatable, bool phases = true)
    {
        int seeds = CampaignSize.Of(2, 20);
        for (int seed = 0; seed < seeds; seed++)
        {
            int steps = Check(kind, seed, unrepeatable, [], phases);
            for (int step = 1; step <= steps; step++) { Check(kind, seed, unrepeatable, [step], phases); }
        }
    }

    private static int Check(string kind, int seed, bool unrepeatable, int[] deaths, bool phases = true)
    {
        using CrashScenario scenario = new(RingKinds.Features(kind), seed, unrepeatable, deaths, phases);
        try
        {
            scenario.Run();
            foreach ((ulong number, byte status) in scenario.Statuses)
            {
                int runs = scenario.Runs.GetValueOrDefault(number);
                if (status == CrashScenario.Ok) { Assert.True(runs >= 1, $"Request {number} was completed as done and never ran."); }
                if (unrepeatable) { Assert.True(runs <= 1, $"Unrepeatable request {number} ran {runs} times."); }
                if (scenario.Died == 0) { Assert.Equal((CrashScenario.Ok, 1), (status, runs)); }
            }
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{kind}, seed {seed}, deaths at steps {string.Join(", ", deaths)}: {exception.Message}", exception);
        }
        return scenario.Steps;
    }

    private static List<int> Accumulate(List<int> sums, int next)
    {
        sums.Add((sums.Count == 0 ? 0 : sums[^1]) + next);
        return sums;
    }
}

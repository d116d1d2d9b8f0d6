using Stratos.Testing;
using Stratos.Transports.Keeper.Tests.Simulation;

namespace Stratos.Transports.Keeper.Tests;

public class SimulationTests
{
    [Fact]
    public void Whatever_happens_in_whatever_order_nothing_is_granted_twice_lost_or_leaked()
    {
        var first = Random.Shared.Next();
        for (var seed = first; seed != first + CampaignSize.Of(ci: 3000, full: 100_000); seed++) RunOne(seed);
    }

    // Seeds that once found something.
    [Theory]
    [InlineData(1)]
    [InlineData(20260731)]
    public void A_seed_gives_the_same_run_again(int seed) => RunOne(seed);

    private static void RunOne(int seed)
    {
        try
        {
            new RandomRun(seed).Go(300);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"seed {seed}: {failure.Message}", failure);
        }
    }
}

using System.Globalization;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Testing;
using Stratos.Transports.Keeper.Session;

namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>Real worker processes that die by SIGKILL exactly between two stores of their pump, each at its own moment of the load.</summary>
[Collection(nameof(ShellCollection))]
public class StepKillTests
{
    private static readonly PumpStep[] s_steps =
    [
        PumpStep.Fetching, PumpStep.Recording, PumpStep.Fetched, PumpStep.Finished, PumpStep.Retiring,
        PumpStep.UsedWritten, PumpStep.Published, PumpStep.Clearing, PumpStep.Committed,
    ];

    public static TheoryData<string, PumpStep> Cases()
    {
        var cases = new TheoryData<string, PumpStep>();
        foreach (string rings in (string[])["split", "packed", "in-order"])
            foreach (PumpStep step in s_steps)
                cases.Add(rings, step);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Nothing_is_lost_repeated_or_corrupted_at_any_step(string rings, PumpStep step)
    {
        int deaths = CampaignSize.Of(ci: 2, full: 25);
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        using var keeper = new RunningKeeper();
        string image = keeper.Image(8 << 20);
        string? Death(int number) => number > deaths ? null : string.Create(CultureInfo.InvariantCulture, $"{step}:{random.Next(20, 400)}");
        keeper.StartWorker("owner", image, dieAt: Death(1));
        keeper.StartWorker("standby", image, dieAt: Death(2));
        using var load = new RunningLoad(keeper, rings, frontendKeepsJournal: false);
        for (int death = 1; death <= deaths; death++)
        {
            keeper.Log.Await(KeeperEvent.Fenced, death);
            keeper.StartWorker("owner", image, dieAt: Death(death + 2));
        }
        keeper.Log.Await(KeeperEvent.Serving, deaths + 1);
        load.AwaitProgress(200);
        var report = load.Finish();
        Assert.True(report.IsClean, $"seed {seed}: {report}{Environment.NewLine}{keeper.Log.Lines}");
    }
}

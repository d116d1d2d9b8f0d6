using Stratos.Fabric.Linux;
using Stratos.Testing;
using Stratos.Transports.Keeper.Session;

namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>Real worker processes, real memory, real rings; SIGKILL under load. Each request is accounted for.</summary>
[Collection(nameof(ShellCollection))]
public class KillTests(ITestOutputHelper output)
{
    private const int StopSignal = 19;
    private const int TerminateSignal = 15;

    [Theory]
    [InlineData("split", true)]
    [InlineData("split", false)]
    [InlineData("packed", true)]
    [InlineData("in-order", false)]
    public void Nothing_is_lost_repeated_or_corrupted_when_the_holder_is_killed(string rings, bool frontendKeepsJournal)
    {
        using var keeper = new RunningKeeper();
        var image = keeper.Image(8 << 20);
        keeper.StartWorker("owner", image);
        keeper.StartWorker("standby", image);
        using var load = new RunningLoad(keeper, rings, frontendKeepsJournal);
        var latencies = new List<double>();
        for (var kill = 0; kill < CampaignSize.Of(ci: 5, full: 100); kill++)
        {
            keeper.Log.Await(KeeperEvent.WorkerReady, kill + 1);
            load.AwaitProgress(200);
            var began = MonotonicClock.Nanoseconds;
            var granted = keeper.Log.Count(KeeperEvent.Granted);
            keeper.Process(keeper.Log.LastProcess(KeeperEvent.Serving)).Kill();
            keeper.Log.Await(KeeperEvent.Granted, granted + 1);
            latencies.Add((keeper.Log.LastTime(KeeperEvent.Granted) - began) / 1e6);
            keeper.Log.Await(KeeperEvent.Serving, granted + 1);
            keeper.StartWorker("owner", image);
        }
        load.AwaitProgress(200);
        var report = load.Finish();
        latencies.Sort();
        output.WriteLine($"{rings}: {report}; kill to grant: median {latencies[latencies.Count / 2]:0.00} ms, worst {latencies[^1]:0.00} ms");
        Assert.True(report.IsClean, $"{report}{Environment.NewLine}{keeper.Log.Lines}");
    }

    [Fact]
    public void A_worker_that_hangs_is_fenced_and_replaced()
    {
        using var keeper = new RunningKeeper(KeeperLimits.Default with { AckDeadline = 1_000_000_000 });
        var image = keeper.Image(8 << 20);
        var owner = keeper.StartWorker("owner", image);
        keeper.StartWorker("standby", image);
        using var load = new RunningLoad(keeper, "split", true);
        keeper.Log.Await(KeeperEvent.WorkerReady);
        load.AwaitProgress(100);
        owner.Handle.Signal(StopSignal);
        // Only a question shows a hang; a pump that stands still is the business of whoever watches its counters.
        load.Frontend.ReadConfig(0, new byte[8]);
        keeper.Log.Await(KeeperEvent.Serving, 2);
        Assert.Equal(1, keeper.Log.Count(KeeperEvent.WorkerHung));
        Assert.Equal(9, owner.Reap().Signal);
        load.AwaitProgress(100);
        RequireClean(load, keeper);
    }

    [Fact]
    public void A_worker_that_is_terminated_in_order_loses_nothing_either()
    {
        using var keeper = new RunningKeeper();
        var image = keeper.Image(8 << 20);
        var owner = keeper.StartWorker("owner", image);
        keeper.StartWorker("standby", image);
        using var load = new RunningLoad(keeper, "split", true);
        keeper.Log.Await(KeeperEvent.WorkerReady);
        load.AwaitProgress(100);
        owner.Handle.Signal(TerminateSignal);
        keeper.Log.Await(KeeperEvent.Serving, 2);
        load.AwaitProgress(100);
        RequireClean(load, keeper);
    }

    [Fact]
    public void Without_any_worker_the_frontend_waits_and_goes_on_with_the_next()
    {
        using var keeper = new RunningKeeper();
        var image = keeper.Image(8 << 20);
        var owner = keeper.StartWorker("owner", image);
        using var load = new RunningLoad(keeper, "packed", true);
        load.AwaitProgress(100);
        owner.Kill();
        keeper.Log.Await(KeeperEvent.Fenced);
        keeper.StartWorker("owner", image);
        keeper.Log.Await(KeeperEvent.Serving, 2);
        load.AwaitProgress(100);
        RequireClean(load, keeper);
    }

    [Fact]
    public void Frontends_come_and_go_and_the_device_is_the_same()
    {
        using var keeper = new RunningKeeper();
        var image = keeper.Image(8 << 20);
        keeper.StartWorker("owner", image);
        keeper.StartWorker("standby", image);
        for (var i = 0; i < 5; i++)
        {
            using var load = new RunningLoad(keeper, i % 2 == 0 ? "split" : "packed", i % 3 == 0);
            load.AwaitProgress(50);
            RequireClean(load, keeper);
            if (i % 2 == 0) load.Frontend.Stop();
        }
        Assert.Equal(5, keeper.Log.Count(KeeperEvent.Serving));
        Assert.True(keeper.Stop());
        Assert.True(keeper.EndedInOrder);
    }

    private static void RequireClean(RunningLoad load, RunningKeeper keeper)
    {
        var report = load.Finish();
        Assert.True(report.IsClean, $"{report}{Environment.NewLine}{keeper.Log.Lines}");
    }
}

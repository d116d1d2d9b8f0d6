using Stratos.Fabric.Devices.Watchdog;
using Stratos.Fabric.Devices.Watchdog.Simulation;
using Stratos.Fabric.Linux;
using Stratos.Testing;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>Real worker processes of a watchdog are killed: no healthy driver is reset, and a silent one is, by whoever serves then.</summary>
[Collection(nameof(ShellCollection))]
public sealed class WatchdogKillTests(ITestOutputHelper output) : IDisposable
{
    private const int TimeoutMs = 10_000;
    private readonly RunningKeeper _keeper = new();

    private string Line => Path.Combine(_keeper.Folder, "reset.board");

    public void Dispose() => _keeper.Dispose();

    [Fact]
    [Proves("watchdog", "a driver that pings is not reset while workers are killed; one that falls silent is, in time", "docs/standards/virtio-watchdog.md")]
    public void A_deadline_goes_on_over_kills_and_no_takeover_feeds_it()
    {
        using ResetBoard line = ResetBoard.Open(Line);
        using WatchdogDriver driver = Begin();
        int kills = CampaignSize.Of(ci: 4, full: 100);
        using (CancellationTokenSource silent = new())
        {
            Thread pinging = new(() => { while (!silent.IsCancellationRequested) { driver.Ping(); } });
            pinging.Start();
            for (int kill = 0; kill < kills; kill++) { Kill(kill); }
            silent.Cancel();
            pinging.Join();
        }
        Assert.Equal(0, line.Resets);
        long fed = MonotonicClock.Nanoseconds;
        driver.Ping();
        // Nobody pings any more; a takeover that fed the watchdog would put the reset off.
        Kill(kills);
        double takenOver = (MonotonicClock.Nanoseconds - fed) / 1e6;
        WaitFor.Condition(() => line.Resets > 0, "the reset", TimeSpan.FromSeconds(60));
        double after = (MonotonicClock.Nanoseconds - fed) / 1e6;
        output.WriteLine($"{kills + 1} kills; the last takeover {takenOver:0} ms and the reset {after:0} ms after the last ping; the time-out is {TimeoutMs} ms");
        Assert.InRange(after, TimeoutMs - 1, takenOver + TimeoutMs - 1);
        Assert.Equal((1, WatchdogCause.Late), (line.Resets, line.LastCause));
        Assert.Equal((1u, 1u), (driver.ReadConfig(28), driver.ReadConfig(40)));
    }

    private WatchdogDriver Begin()
    {
        _keeper.StartWorker("owner", Medium);
        _keeper.StartWorker("standby", Medium);
        return WatchdogDriver.Start(VhostUserFrontend.Connect(_keeper.Socket, WatchdogDriver.DefaultOptions with { Timeout = TimeSpan.FromSeconds(30) }));
    }

    private string Medium => $"kind:watchdog;extended=true;timeout={TimeoutMs};board={Line}";

    private void Kill(int before)
    {
        _keeper.Log.Await(KeeperEvent.WorkerReady, before + 1);
        int granted = _keeper.Log.Count(KeeperEvent.Granted);
        _keeper.Process(_keeper.Log.LastProcess(KeeperEvent.Serving)).Kill();
        _keeper.Log.Await(KeeperEvent.Serving, granted + 1);
        _keeper.StartWorker("standby", Medium);
    }
}

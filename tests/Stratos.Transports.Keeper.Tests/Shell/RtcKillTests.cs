using Stratos.Fabric.Devices.Rtc.Simulation;
using Stratos.Testing;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>Real worker processes of a clock are killed under load: every alarm rings, each once, and time never goes back.</summary>
[Collection(nameof(ShellCollection))]
public sealed class RtcKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Alarmed = 0;
    private const int Monotonic = 1;
    private readonly RunningKeeper _keeper = new();

    public void Dispose() => _keeper.Dispose();

    [Fact]
    [Proves("rtc", "each alarm rings once while workers are killed", "5.23.6.4")]
    public void Each_alarm_rings_once_while_workers_are_killed()
    {
        string path = Path.Combine(_keeper.Folder, "clocks.board");
        using ClockBoard board = ClockBoard.Open(path);
        string medium = $"kind:rtc;board={path};clocks=tai,monotonic";
        _keeper.StartWorker("owner", medium);
        _keeper.StartWorker("standby", medium);
        using RtcDriver driver = RtcDriver.Start(VhostUserFrontend.Connect(_keeper.Socket, RtcDriver.DefaultOptions with { Timeout = TimeSpan.FromSeconds(30) }));
        using CancellationTokenSource stop = new();
        (int set, int rung, long reads) = (0, 0, 0);
        Exception? failure = null;
        Thread load = new(() =>
        {
            try { Run(driver, stop.Token, ref set, ref rung, ref reads); }
            catch (Exception thrown) { failure = thrown; }
        });
        load.Start();
        int kills = CampaignSize.Of(ci: 8, full: 200);
        for (int kill = 0; kill < kills; kill++)
        {
            _keeper.Log.Await(KeeperEvent.WorkerReady, kill + 1);
            int goal = Volatile.Read(ref rung) + 20;
            WaitFor.Condition(() => Volatile.Read(ref rung) >= goal || failure is not null, "20 more alarms", TimeSpan.FromSeconds(60));
            int granted = _keeper.Log.Count(KeeperEvent.Granted);
            _keeper.Process(_keeper.Log.LastProcess(KeeperEvent.Serving)).Kill();
            _keeper.Log.Await(KeeperEvent.Serving, granted + 1);
            _keeper.StartWorker("owner", medium);
        }
        stop.Cancel();
        load.Join();
        Assert.True(failure is null, $"{failure}{Environment.NewLine}{_keeper.Log.Lines}");
        Assert.Equal(set, rung);
        output.WriteLine($"{kills} kills, {set} alarms set, {rung} rang, {reads} readings");
    }

    /// <summary>Sets one alarm after the other, some in the past and some soon, and takes exactly one notification for each.</summary>
    private static void Run(RtcDriver driver, CancellationToken stop, ref int set, ref int rung, ref long reads)
    {
        Random random = new(1);
        ulong last = 0;
        while (!stop.IsCancellationRequested)
        {
            ulong due = driver.Read(Alarmed) - 1_000_000 + (ulong)random.Next(5_000_000);
            driver.SetAlarm(Alarmed, due, enabled: true);
            set++;
            while (!driver.TryTakeAlarm(out _))
            {
                Assert.True(driver.Alarms!.WaitForUsed(TimeSpan.FromSeconds(30)), "an alarm was lost");
            }
            Volatile.Write(ref rung, rung + 1);
            Assert.True(driver.Read(Alarmed) >= due, "an alarm rang before its time");
            for (int i = 0; i < 3; i++, reads++)
            {
                ulong now = driver.Read(Monotonic);
                Assert.True(now >= last, "monotonic time went back");
                last = now;
            }
            // Nothing more may come for it: what it would be told by has been through all queues by now.
            Assert.False(driver.TryTakeAlarm(out _), "an alarm rang twice");
        }
    }
}

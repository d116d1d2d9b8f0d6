using Stratos.Fabric.Devices.Console.Streams;
using Stratos.Fabric.Devices.Tests.Console;
using Stratos.Testing;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;
using Stratos.Workload;

namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>Real worker processes of a console are killed under load: each byte is shown once, each byte typed arrives once.</summary>
public sealed class ConsoleKillTests : IDisposable
{
    private readonly RunningKeeper _keeper = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly NumberedStreamCheck _shown = new();

    public void Dispose()
    {
        _stop.Dispose();
        _keeper.Dispose();
    }

    [Fact]
    public void A_terminal_sees_and_gives_every_byte_once()
    {
        string socket = Path.Combine(_keeper.Folder, "stream.sock");
        PipeTerminal terminal = new();
        using ConsoleStreamHost host = new(terminal, socket);
        long typed = 0;
        using CancellationTokenSource leaving = new();
        Thread watcher = Start("watcher", () => Watch(terminal, leaving.Token));
        Thread typist = Start("typist", () => typed = Type(terminal));
        ConsoleLoad load = KillUnderLoad($"console-stream:{socket}", typist, load => load.RecordsReceived == Volatile.Read(ref typed));
        WaitFor.Condition(() => Shown() >= load.RecordsSent, "all records on the terminal");
        leaving.Cancel();
        watcher.Join();
        Assert.Null(_shown.Problem);
        Assert.Equal((load.RecordsSent, 0L, 0L, 0L), (_shown.Received, _shown.Lost, _shown.Repeated, _shown.Damaged));
        Assert.Equal(typed, load.RecordsReceived);
    }

    [Fact]
    public void A_file_holds_every_byte_once()
    {
        string file = Path.Combine(_keeper.Folder, "console.log");
        ConsoleLoad load = KillUnderLoad($"console-file:{file}", null, static _ => true);
        _shown.Feed(File.ReadAllBytes(file));
        Assert.Null(_shown.Problem);
        Assert.Equal((load.RecordsSent, 0L, 0L, 0L), (_shown.Received, _shown.Lost, _shown.Repeated, _shown.Damaged));
    }

    private ConsoleLoad KillUnderLoad(string medium, Thread? typist, Func<ConsoleLoad, bool> hasAll)
    {
        _keeper.StartWorker("owner", medium);
        _keeper.StartWorker("standby", medium);
        using ConsoleDriver driver = ConsoleDriver.Start(VhostUserFrontend.Connect(_keeper.Socket, ConsoleDriver.DefaultOptions with { Timeout = TimeSpan.FromSeconds(30) }));
        ConsoleLoad load = new(driver, new LoadOptions());
        using CancellationTokenSource ending = new();
        LoadReport? report = null;
        Thread runner = Start("load", () => report = load.Run(ending.Token));
        for (int kill = 0; kill < CampaignSize.Of(ci: 8, full: 200); kill++)
        {
            _keeper.Log.Await(KeeperEvent.WorkerReady, kill + 1);
            long goal = load.Account.Done + 200;
            WaitFor.Condition(() => load.Account.Done >= goal, "200 more requests", TimeSpan.FromSeconds(60));
            int granted = _keeper.Log.Count(KeeperEvent.Granted);
            _keeper.Process(_keeper.Log.LastProcess(KeeperEvent.Serving)).Kill();
            _keeper.Log.Await(KeeperEvent.Serving, granted + 1);
            _keeper.StartWorker("owner", medium);
        }
        _stop.Cancel();
        typist?.Join();
        WaitFor.Condition(() => hasAll(load), "all records that were typed", TimeSpan.FromSeconds(60));
        ending.Cancel();
        Assert.True(runner.Join(TimeSpan.FromSeconds(60)), "the load does not end");
        Assert.True(report!.IsClean, $"{report}{Environment.NewLine}{_keeper.Log.Lines}");
        return load;
    }

    private void Watch(PipeTerminal terminal, CancellationToken end)
    {
        byte[] bytes = new byte[4096];
        SpinWait spin = default;
        while (!end.IsCancellationRequested)
        {
            int count = terminal.Take(bytes);
            if (count == 0) { spin.SpinOnce(); }
            lock (_shown) { _shown.Feed(bytes.AsSpan(0, count)); }
        }
    }

    private long Type(PipeTerminal terminal)
    {
        byte[] record = new byte[NumberedStream.RecordLength];
        long number = 0;
        while (!_stop.IsCancellationRequested)
        {
            NumberedStream.Write(number++, record);
            terminal.Type(record);
        }
        return number;
    }

    private long Shown()
    {
        lock (_shown) { return _shown.Received; }
    }

    private static Thread Start(string name, Action run)
    {
        Thread thread = new(() => run()) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }
}

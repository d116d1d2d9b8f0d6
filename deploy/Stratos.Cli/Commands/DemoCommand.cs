using System.CommandLine;
using Spectre.Console;
using Stratos.Cli.Demo;
using Stratos.Cli.Processes;
using Stratos.Workload;

namespace Stratos.Cli.Commands;

/// <summary><c>stratos demo</c>: three devices under load, their server killed again and again, and the account.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private static readonly Option<int> Kills = new("--kills")
    {
        Description = "how often to kill the serving process, 1 to 10000",
        HelpName = "N",
        DefaultValueFactory = static _ => 25,
    };

    private static readonly Option<int> Seconds = new("--seconds")
    {
        Description = "when to stop killing even if there were fewer",
        HelpName = "S",
        DefaultValueFactory = static _ => 40,
    };

    private static readonly Option<int?> Seed = new("--seed")
    {
        Description = "chooses requests and moments; default: another one each time",
        HelpName = "N",
    };

    private static readonly Option<int> Depth = new("--depth")
    {
        Description = "disk requests in flight, 1 to 64",
        HelpName = "N",
        DefaultValueFactory = static _ => 16,
    };

    private static readonly Option<int> Rate = new("--rate")
    {
        Description = "requests a second and device, at most; 0 for as many as go",
        HelpName = "N",
        DefaultValueFactory = static _ => 2000,
    };

    private static readonly Option<bool> Vm = new("--vm")
    {
        Description = "with a real guest: Linux under QEMU, fio with verification; builds the lab first where it is missing",
    };

    private static readonly Option<bool> Verbose = new("--verbose") { Description = "show what keeper and partitions log" };

    public static Command Create()
    {
        var command = new Command("demo", "Kill the process behind three devices again and again under load, and count what was lost.")
        {
            Kills, Seconds, Seed, Depth, Rate, Vm, Verbose,
        };
        command.SetAction((arguments, _) => CommandEdge.RunAsync(() => RunAsync(arguments)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments)
    {
        int kills = Within("--kills", arguments.GetValue(Kills), 1, 10_000);
        int depth = Within("--depth", arguments.GetValue(Depth), 1, 64);
        int seconds = Within("--seconds", arguments.GetValue(Seconds), 1, 86_400);
        int rate = Within("--rate", arguments.GetValue(Rate), 0, 10_000_000);
        int seed = arguments.GetValue(Seed) ?? Random.Shared.Next();
        var timeline = new Timeline();
        var log = new DemoLog(timeline, arguments.GetValue(Verbose));
        if (arguments.GetValue(Vm))
        {
            return await new VmDemo(log, timeline, seed).RunAsync(kills, TimeSpan.FromSeconds(seconds)).ConfigureAwait(false) ? 0 : 1;
        }
        using var folder = new RunFolder();
        using var devices = new DemoDevices(folder);
        AnsiConsole.MarkupLine("A [b]session keeper[/], a [b]partition[/] that owns an entropy device, a disk and a console, and a warm [b]standby[/].");
        await using LocalFabric fabric = LocalFabric.Start(new LocalFabricOptions
        {
            Folder = folder.Path,
            Devices = devices.Served,
            Log = log.Take,
        });
        try
        {
            IReadOnlyDictionary<string, Load> loads = await ConnectAsync(fabric, () => devices.Connect(seed, depth, rate: rate)).ConfigureAwait(false);
            AnsiConsole.MarkupLine($"Each device is under load now; the serving process gets SIGKILL {kills} times (seed {seed}).");
            var campaign = new KillCampaign(fabric, loads, new Random(seed), timeline);
            KillReport report = await Progress(kills, killed =>
                campaign.RunAsync(kills, "disk0", TimeSpan.FromSeconds(seconds), killed)).ConfigureAwait(false);
            string? console = devices.CheckConsole(((ConsoleLoad)loads["con0"]).RecordsSent);
            DemoPrinter.Print(report, timeline.Last, console);
            return report.IsClean && console is null ? 0 : 1;
        }
        catch
        {
            log.DumpTo(Console.Error);
            throw;
        }
    }

    private static async Task<IReadOnlyDictionary<string, Load>> ConnectAsync(LocalFabric fabric, Func<IReadOnlyDictionary<string, Load>> connect)
    {
        await fabric.Standing.WaitForWorkersAsync(StartLimit).ConfigureAwait(false);
        // Connecting waits for answers of the devices, which must not hold a thread of the pool.
        IReadOnlyDictionary<string, Load> loads = await Task.Factory.StartNew(
            connect, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        await fabric.Standing.WaitAsync(StartLimit).ConfigureAwait(false);
        return loads;
    }

    private static Task<KillReport> Progress(int kills, Func<Action<int>, Task<KillReport>> run) =>
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                ProgressTask bar = context.AddTask("killing", maxValue: kills);
                return run(done => bar.Value = done);
            });

    private static int Within(string option, int value, int least, int most) => value >= least && value <= most
        ? value
        : throw new ArgumentException($"{option}: {value} is not within {least} to {most}.");
}

using System.CommandLine;
using System.Globalization;
using Stratos.Benchmarks.Load;
using Stratos.Cli.Demo;
using Stratos.Cli.Processes;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;
using Stratos.Workload;

namespace Stratos.Benchmarks.Blackouts;

/// <summary><c>blackout</c>: a disk under load whose server is killed again and again, with a warm standby and without.</summary>
internal static class BlackoutCommand
{
    private const long DiskLength = 32 << 20;
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(30);
    private static readonly Option<int> s_kills = new("--kills") { Description = "Kills for each line of the table.", DefaultValueFactory = _ => 50 };
    private static readonly Option<int[]> s_depths = new("--depth") { Description = "Requests in flight; several are measured one after another.", DefaultValueFactory = _ => [1, 64], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> s_rings = new("--ring") { Description = "Ring layouts; several are measured one after another.", DefaultValueFactory = _ => ["split", "packed", "packed-in-order"], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> s_cold = new("--cold") { Description = "Without a standby: the server's process is started anew after each kill." };
    private static readonly Option<int> s_seed = new("--seed") { Description = "Chooses requests and moments.", DefaultValueFactory = _ => 1 };

    private static readonly Option<bool> s_verbose = new("--verbose") { Description = "Show what keeper and partitions log." };

    public static Command Create()
    {
        s_rings.AcceptOnlyFromAmong(RingKind.Names);
        var command = new Command("blackout", "From SIGKILL to service again: median, worst, and the account of every request.") { s_kills, s_depths, s_rings, s_cold, s_seed, s_verbose };
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        var clean = true;
        var lines = new List<string>();
        foreach (var ring in result.GetRequiredValue(s_rings))
        {
            foreach (var depth in result.GetRequiredValue(s_depths))
            {
                var report = await MeasureAsync(ring, depth, result);
                clean &= report.IsClean;
                lines.Add(Line(ring, depth, report));
                Console.Error.WriteLine(lines[^1]);
                foreach (var problem in report.Loads["disk0"].Problems)
                    Console.Error.WriteLine($"  {problem}");
            }
        }
        Console.WriteLine($"Seed {result.GetValue(s_seed)}, {(result.GetValue(s_cold) ? "process started anew" : "warm standby")}:");
        Console.WriteLine("| ring | depth | kills | done | lost | repeated | corrupted | failed | median, ms | 90 %, ms | worst, ms |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        lines.ForEach(Console.WriteLine);
        return clean ? 0 : 1;
    }

    private static async Task<KillReport> MeasureAsync(string ring, int depth, ParseResult result)
    {
        var (kills, seed) = (result.GetValue(s_kills), result.GetValue(s_seed));
        var timeline = new Timeline();
        using var folder = new RunFolder();
        var socket = folder.In("disk0.sock");
        var image = folder.In("disk0.img");
        await using (var file = File.Create(image))
            file.SetLength(DiskLength);
        await using var fabric = LocalFabric.Start(new()
        {
            Folder = folder.Path,
            Devices = [new($"block:disk0,file={image}", "disk0", socket)],
            Standby = !result.GetValue(s_cold),
            Cluster = false,
            Log = new DemoLog(timeline, result.GetValue(s_verbose)).Take,
        });
        await fabric.Standing.WaitForWorkersAsync(s_startLimit);
        var options = BlockDriver.DefaultOptions with { Features = BlockFeatures.All | RingKind.Features(ring), KeepInflight = false, Timeout = s_startLimit };
        // Connecting waits for the device's answers, which must not hold a thread of the pool.
        using var driver = await Task.Factory.StartNew(
            () => BlockDriver.Start(VhostUserFrontend.Connect(socket, options), depth), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var loads = new Dictionary<string, Workload.Load> { ["disk0"] = new BlockLoad(driver, 0, new() { Seed = seed }) };
        return await new KillCampaign(fabric, loads, new Random(seed), timeline).RunAsync(kills, "disk0", TimeSpan.FromHours(1), killed => Progress(ring, depth, killed, kills));
    }

    private static void Progress(string ring, int depth, int killed, int kills)
    {
        if (killed % 10 == 0 || killed == kills)
            Console.Error.WriteLine($"{ring}, depth {depth}: {killed} of {kills} kills");
    }

    private static string Line(string ring, int depth, KillReport report)
    {
        var (load, blackout) = (report.Loads["disk0"], report.Blackouts["disk0"]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {ring} | {depth} | {report.Kills} | {load.Done} | {load.Lost} | {load.Repeated} | {load.Corrupted} | {load.Failed} | {blackout.Median.TotalMilliseconds:0.0} | {blackout.Percentile90.TotalMilliseconds:0.0} | {blackout.Worst.TotalMilliseconds:0.0} |");
    }
}

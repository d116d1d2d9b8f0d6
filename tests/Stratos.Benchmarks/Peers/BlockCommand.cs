using System.CommandLine;
using System.Globalization;
using Stratos.Lab;

namespace Stratos.Benchmarks.Peers;

/// <summary><c>block</c>: the block device beside qemu-storage-daemon, under the same frontend, in turns.</summary>
internal static class BlockCommand
{
    private static readonly Option<int> s_rounds = new("--rounds") { Description = "Rounds for each line of the table.", DefaultValueFactory = _ => 7 };
    private static readonly Option<double> s_seconds = new("--seconds") { Description = "About how long one sample takes.", DefaultValueFactory = _ => 0.7 };
    private static readonly Option<int[]> s_depths = new("--depth") { Description = "Requests in flight; several are measured one after another.", DefaultValueFactory = _ => [1, 32, 128], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<DiskKind[]> s_disks = new("--disk") { Description = "What the disks stand on; several are measured one after another.", DefaultValueFactory = _ => [DiskKind.Null, DiskKind.Memory, DiskKind.File], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> s_writes = new("--writes") { Description = "Write instead of reading." };
    private static readonly Option<double> s_poll = new("--poll") { Description = "Microseconds that our pump polls before it waits.", DefaultValueFactory = _ => 20 };
    private static readonly Option<string?> s_stratos = new("--stratos") { Description = "The stratos program, to measure 'stratos device block' with keeper and actors; without it, a worker alone." };

    public static Command Create()
    {
        var command = new Command("block", "Requests per second under qemu-img bench, beside qemu-storage-daemon, as a ratio.") { s_rounds, s_seconds, s_depths, s_disks, s_writes, s_poll, s_stratos };
        command.SetAction((result, cancellation) => RunAsync(result, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        var lab = await LabEnvironment.EnsureAsync(new Progress<string>(Console.Error.WriteLine), cancellation);
        var writes = result.GetValue(s_writes);
        var lines = new List<string>();
        foreach (var disk in result.GetRequiredValue(s_disks))
        {
            using var backends = new DiskBackends(disk, lab.QemuStorageDaemon, result.GetValue(s_stratos), result.GetValue(s_poll));
            foreach (var command in backends.Commands)
                Console.Error.WriteLine(command);
            foreach (var depth in result.GetRequiredValue(s_depths))
            {
                var samples = Measure(lab.QemuImg, backends, depth, writes, result.GetValue(s_rounds), result.GetValue(s_seconds));
                lines.Add(Line($"{disk} {(writes ? "write" : "read")}", depth, samples));
                Console.Error.WriteLine(lines[^1]);
            }
        }
        Console.WriteLine("| 4 KiB | depth | ours, k/s | qemu-storage-daemon, k/s | ratio (median) | lowest | highest | cache line, ns |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        lines.ForEach(Console.WriteLine);
        return 0;
    }

    private static List<BlockSample> Measure(string qemuImg, DiskBackends backends, int depth, bool writes, int rounds, double seconds)
    {
        var duration = TimeSpan.FromSeconds(seconds);
        var ourCount = QemuImgBench.CountFor(qemuImg, backends.Ours, depth, writes, duration);
        var peerCount = QemuImgBench.CountFor(qemuImg, backends.Peer, depth, writes, duration);
        var samples = new List<BlockSample>();
        for (var round = 0; round < rounds; round++)
        {
            var before = CoreDistance.Probe();
            double ours = 0, peer = 0;
            // Who goes first takes turns too.
            for (var turn = 0; turn < 2; turn++)
            {
                if ((round + turn) % 2 == 0)
                    ours = QemuImgBench.Run(qemuImg, backends.Ours, depth, ourCount, writes);
                else
                    peer = QemuImgBench.Run(qemuImg, backends.Peer, depth, peerCount, writes);
            }
            samples.Add(new(ours, peer, (before + CoreDistance.Probe()) / 2));
        }
        return samples;
    }

    private static string Line(string what, int depth, List<BlockSample> samples) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {depth} | {BlockSample.Median(samples.Select(s => s.Ours)) / 1000:0.0} | {BlockSample.Median(samples.Select(s => s.Peer)) / 1000:0.0} | {BlockSample.Median(samples.Select(s => s.Ratio)):0.00} | {samples.Min(s => s.Ratio):0.00} | {samples.Max(s => s.Ratio):0.00} | {samples.Min(s => s.Line):0} to {samples.Max(s => s.Line):0} |");
}

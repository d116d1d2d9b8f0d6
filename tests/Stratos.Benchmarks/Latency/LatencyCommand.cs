using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using HdrHistogram;
using Stratos.Cli.Processes;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Transports.VhostUser.Frontend;

namespace Stratos.Benchmarks.Latency;

/// <summary><c>latency</c>: from a driver's kick to the answer, one request at a time, for each device behind keeper and partition.</summary>
internal static class LatencyCommand
{
    private const int Warm = 2_000;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static readonly Option<int> s_requests = new("--requests") { Description = "Requests for each line of the table.", DefaultValueFactory = _ => 50_000 };
    private static readonly Option<string[]> s_devices = new("--device") { Description = "The devices.", DefaultValueFactory = _ => [.. LatencySubject.All.Select(subject => subject.Name).Distinct()], AllowMultipleArgumentsPerToken = true };

    public static Command Create()
    {
        s_devices.AcceptOnlyFromAmong([.. LatencySubject.All.Select(subject => subject.Name).Distinct()]);
        var command = new Command("latency", "Time from a kick to the answer, one request at a time: median and tail for each device.") { s_requests, s_devices };
        command.SetAction((result, _) => RunAsync(result.GetValue(s_requests), result.GetRequiredValue(s_devices)));
        return command;
    }

    private static async Task<int> RunAsync(int requests, string[] devices)
    {
        var lines = new List<string>();
        foreach (var subject in LatencySubject.All.Where(subject => devices.Contains(subject.Name)))
        {
            // A poll of a second is a pump that never sleeps here; one of 20 us is what partitions have by default.
            lines.Add(Line(subject, "both poll", await MeasureAsync(subject, polls: true, requests)));
            lines.Add(Line(subject, "doorbells", await MeasureAsync(subject, polls: false, requests / 5)));
            lines.TakeLast(2).ToList().ForEach(Console.Error.WriteLine);
        }
        Console.WriteLine("| device | request | waiting | p50, us | p99, us | p99.9, us | worst, us |");
        Console.WriteLine("|---|---|---|---:|---:|---:|---:|");
        lines.ForEach(Console.WriteLine);
        return 0;
    }

    private static async Task<LongHistogram> MeasureAsync(LatencySubject subject, bool polls, int requests)
    {
        using var folder = new RunFolder();
        string socket = folder.In("dut.sock");
        await using var fabric = LocalFabric.Start(new()
        {
            Folder = folder.Path,
            Devices = [new(subject.Spec(folder), "dut", socket)],
            Standby = false,
            Cluster = false,
            PartitionArguments = ["--poll", polls ? "1000000" : "20"],
        });
        await fabric.Standing.WaitForWorkersAsync(s_limit);
        return await Task.Factory.StartNew(() => Drive(subject, socket, polls, requests), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static LongHistogram Drive(LatencySubject subject, string socket, bool polls, int requests)
    {
        var histogram = new LongHistogram(TimeSpan.FromSeconds(10).Ticks * 100, 3);
        using var frontend = VhostUserFrontend.Connect(socket, new() { Features = ~VirtioFeatures.InOrder, KeepInflight = false, Timeout = s_limit });
        var queue = frontend.AddQueue(subject.Queue, 16);
        List<DriverBuffer> buffers = [];
        if (subject.Request.Length > 0)
        {
            var request = frontend.Memory.Heaps[0].Allocate(subject.Request.Length);
            subject.Request.CopyTo(request.Span);
            buffers.Add(request.ToDevice);
        }
        buffers.Add(frontend.Memory.Heaps[0].Allocate(subject.Answer).FromDevice);
        frontend.Start();
        DriverBuffer[] chain = [.. buffers];
        for (int i = -Warm; i < requests; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            queue.Ring.TryAdd(chain, 0);
            queue.Kick();
            bool answered = polls ? queue.SpinForUsed(s_limit, s_limit) : queue.WaitForUsed(s_limit);
            long end = Stopwatch.GetTimestamp();
            if (!answered || !queue.Ring.TryTake(out _, out _))
                throw new TimeoutException($"{subject.Name} did not answer {subject.What} within {s_limit.TotalSeconds:0} s.");
            if (i >= 0)
                histogram.RecordValue((long)Stopwatch.GetElapsedTime(begin, end).TotalNanoseconds);
        }
        return histogram;
    }

    private static string Line(LatencySubject subject, string how, LongHistogram histogram) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {subject.Name} | {subject.What} | {how} | {Us(histogram, 50)} | {Us(histogram, 99)} | {Us(histogram, 99.9)} | {Us(histogram, 100)} |");

    private static string Us(LongHistogram histogram, double percentile) =>
        (histogram.GetValueAtPercentile(percentile) / 1000.0).ToString("0.0", CultureInfo.InvariantCulture);
}

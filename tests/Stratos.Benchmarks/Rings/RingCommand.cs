using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Stratos.Benchmarks.Rings;

/// <summary><c>ring</c>: rings and pump without a transport, with the memory diagnoser.</summary>
internal static class RingCommand
{
    public static Command Create()
    {
        var command = new Command("ring", "Requests per second through ring, pump and a null block device, and what each allocates.");
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        // In this process: the peer of the pump is the benchmark's own thread, and two cores are all that is needed.
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithMinIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(200));
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(job)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "stratos-benchmarks"));
        var summary = BenchmarkRunner.Run<RingBenchmarks>(config);
        var allocating = summary.Reports.Where(report => report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) is > 0).ToList();
        foreach (var report in allocating)
            Console.WriteLine($"{report.BenchmarkCase.DisplayInfo} allocates {report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase)} B a request");
        Console.WriteLine(allocating.Count == 0 ? "No request allocates managed memory." : "Some requests allocate managed memory.");
        return allocating.Count == 0 && summary.Reports.All(report => report.Success) ? 0 : 1;
    }
}

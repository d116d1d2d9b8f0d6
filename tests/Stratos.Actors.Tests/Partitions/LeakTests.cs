using Stratos.Actors.Tests.Testing;
using Stratos.Testing;

namespace Stratos.Actors.Tests.Partitions;

/// <summary>Counts what is the whole process's, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
[Collection(nameof(LeakTests))]
public sealed class LeakTests
{
    [Fact]
    public async Task Stopped_partitions_leave_no_threads_or_descriptors()
    {
        await RunOnce();
        int threads = Threads(), descriptors = Descriptors();
        for (int round = 0; round < 5; round++)
            await RunOnce();
        WaitFor.Condition(() => Threads() <= threads + 4, $"the threads of five partitions to end; there were {threads}, there are {Threads()}");
        WaitFor.Condition(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Descriptors() <= descriptors + 2;
            },
            $"the descriptors to be closed; there were {descriptors}");

        static async Task RunOnce()
        {
            using var queue = new QueueRig();
            await using var rig = await PartitionRig.StartAsync(_ => new EchoHandler(static _ => { }));
            await rig.Start(queue);
            queue.Run(50);
            await rig.Stop(queue);
        }
    }

    private static int Threads() => Directory.GetDirectories("/proc/self/task").Length;

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}

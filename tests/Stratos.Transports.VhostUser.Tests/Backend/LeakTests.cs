using Stratos.Testing;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>What ten thousand hostile sessions leave behind. It runs alone, as it counts what the process has open.</summary>
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
[Collection(nameof(LeakTests))]
public sealed class LeakTests
{
    [Fact]
    public void Sessions_by_the_thousand_leak_no_descriptor_no_mapping_and_no_memory()
    {
        using var bench = new BackendBench(new FakeDevice { Records = false });
        Attack(bench, 4);
        var before = Usage.Now();
        Attack(bench, CampaignSize.Of(10_000, 100_000) / HostileMessages.All.Count);
        bench.Connect().Dispose();
        WaitFor.Condition(() => Usage.Now().Within(before), $"the usage to be as before ({before}); it is {Usage.Now()}");
    }

    private static void Attack(BackendBench bench, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            foreach (var attack in HostileMessages.All)
            {
                using var frontend = bench.Connect();
                using var memory = frontend.Open();
                attack.Do(frontend);
                frontend.ExpectEnd();
            }
            bench.Lines.Clear();
        }
    }

    private readonly record struct Usage(int Descriptors, int Mappings, long Heap)
    {
        public static Usage Now()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return new(
                Directory.GetFileSystemEntries("/proc/self/fd").Length,
                File.ReadLines("/proc/self/maps").Count(line => line.Contains("memfd:") && !line.Contains("doublemapper")),
                GC.GetTotalMemory(forceFullCollection: true));
        }

        public bool Within(Usage before) =>
            Descriptors <= before.Descriptors + 4 && Mappings <= before.Mappings && Heap <= before.Heap + (2 << 20);
    }
}

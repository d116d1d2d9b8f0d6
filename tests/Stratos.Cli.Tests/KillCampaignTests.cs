using System.Collections.Concurrent;
using Stratos.Cli.Demo;
using Stratos.Cli.Processes;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Workload;

namespace Stratos.Cli.Tests;

/// <summary>
/// Keeper and partitions as processes, the C# frontend's loads on entropy, disk and console, and SIGKILL: for each ring
/// layout and depth, every request is done once and rightly.
/// </summary>
public sealed class KillCampaignTests
{
    private const ulong NoPacked = VirtioFeatures.RingPacked;
    private const ulong NoInOrder = VirtioFeatures.InOrder;

    [Theory]
    [InlineData("split", NoPacked | NoInOrder, 1)]
    [InlineData("split", NoPacked | NoInOrder, 64)]
    [InlineData("split in order", NoPacked, 1)]
    [InlineData("split in order", NoPacked, 64)]
    [InlineData("packed", NoInOrder, 1)]
    [InlineData("packed", NoInOrder, 64)]
    [InlineData("packed in order", 0UL, 1)]
    [InlineData("packed in order", 0UL, 64)]
    public async Task NothingIsLostOrRepeated(string ring, ulong without, int depth)
    {
        int kills = CampaignSize.Of(ci: 4, full: 200);
        int seed = Random.Shared.Next();
        var log = new ConcurrentQueue<string>();
        using var folder = new RunFolder();
        using var devices = new DemoDevices(folder);
        await using LocalFabric fabric = LocalFabric.Start(new LocalFabricOptions
        {
            Folder = folder.Path,
            Devices = devices.Served,
            Cluster = false,
            Log = log.Enqueue,
        });
        string context = $"{ring}, depth {depth}, seed {seed}";
        try
        {
            await fabric.Standing.WaitForWorkersAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            IReadOnlyDictionary<string, Load> loads = devices.Connect(seed, depth, without, rate: 2000);
            KillReport report = await new KillCampaign(fabric, loads, new Random(seed), new Timeline())
                .RunAsync(kills, "disk0", TimeSpan.FromMinutes(30), static _ => { });
            Assert.Equal(kills, report.Kills);
            Assert.True(report.IsClean, $"{context}\n{string.Join('\n', report.Loads.Values)}");
            Assert.All(report.Loads.Values, static load => Assert.True(load.Done > 0));
            Assert.Null(devices.CheckConsole(((ConsoleLoad)loads["con0"]).RecordsSent));
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{context}: {failure.Message}\n{string.Join('\n', log.TakeLast(80))}", failure);
        }
    }
}

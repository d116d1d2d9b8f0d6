using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload.Tests;

/// <summary>The block load finds nothing wrong with a device that is right, and everything that is wrong with one that is not.</summary>
public sealed class BlockLoadTests
{
    private const ulong NoPacked = VirtioFeatures.RingPacked;
    private const ulong NoInOrder = VirtioFeatures.InOrder;
    private const ulong DiskLength = 16 << 20;

    [Theory]
    [InlineData(NoPacked | NoInOrder, 1)]
    [InlineData(NoPacked | NoInOrder, 64)]
    [InlineData(NoPacked, 64)]
    [InlineData(NoInOrder, 1)]
    [InlineData(NoInOrder, 64)]
    [InlineData(0UL, 64)]
    public void A_right_device_is_clean(ulong without, int depth)
    {
        using var served = new ServedDevice(() => BlockDevice.Create(new() { Memory = DiskLength }));
        var report = Run(served, depth, 3000, without);
        Assert.True(report.IsClean, report.ToString());
        Assert.InRange(report.Done, 3000, long.MaxValue);
    }

    [Fact]
    public void A_file_served_by_threads_is_clean()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenWrite(path))
                file.SetLength((long)DiskLength);
            using var served = new ServedDevice(() => BlockDevice.Create(new() { File = path }));
            var report = Run(served, 32, 3000);
            Assert.True(report.IsClean, report.ToString());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(StoreFault.DropWrite)]
    [InlineData(StoreFault.MisplaceWrite)]
    [InlineData(StoreFault.ForgetRead)]
    public void A_mistake_of_the_device_is_found(StoreFault fault)
    {
        using var served = Faulty(fault);
        var report = Run(served, 4, 4000);
        Assert.True(report.Corrupted > 0, report.ToString());
        Assert.NotEmpty(report.Problems);
    }

    [Fact]
    public void A_request_that_the_device_failed_is_counted_and_its_block_left_alone()
    {
        using var served = Faulty(StoreFault.FailWrite);
        var report = Run(served, 4, 4000);
        Assert.Equal((1L, 0L, 0L, 0L), (report.Failed, report.Lost, report.Repeated, report.Corrupted));
        Assert.Contains("completed with status IoError", report.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_that_never_complete_are_lost()
    {
        using var served = Faulty(StoreFault.None);
        using var driver = Open(served, 4, 0);
        driver.Queues[0].Queue.Enable(false);
        using var stop = new CancellationTokenSource();
        var report = new BlockLoad(driver, 0, new() { Deadline = TimeSpan.FromMilliseconds(100) }).Run(stop.Token);
        Assert.Equal(4, report.Lost);
        Assert.Contains("with 4 requests in flight: nothing completed for", report.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_backend_that_is_gone_for_good_loses_what_was_in_flight()
    {
        using var served = Faulty(StoreFault.None);
        using var driver = Open(served, 4, 0);
        served.Stop();
        var report = new BlockLoad(driver, 0, new()).Run(CancellationToken.None);
        Assert.Equal(4, report.Lost);
    }

    [Fact]
    public async Task A_load_goes_on_over_backends_that_come_and_go()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenWrite(path))
                file.SetLength((long)DiskLength);
            using var served = new ServedDevice(() => BlockDevice.Create(new() { File = path }));
            using var driver = Open(served, 16, 0);
            var load = new BlockLoad(driver, 0, new() { ReconnectWithin = TimeSpan.FromSeconds(20) });
            using var stop = new CancellationTokenSource();
            var running = Task.Factory.StartNew(() => load.Run(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            for (var round = 0; round < 5; round++)
            {
                var before = load.Account.Done;
                WaitFor.Condition(() => running.IsCompleted || load.Account.Done > before + 200, "the load to go on");
                served.Restart();
            }
            await stop.CancelAsync();
            var report = await running;
            Assert.True(report.IsClean, report.ToString());
            Assert.Equal(5, report.Reconnects);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_disk_that_is_too_small_is_refused()
    {
        using var served = Faulty(StoreFault.None);
        using var driver = Open(served, 1, 0);
        Assert.Throws<ArgumentException>(() => new BlockLoad(driver, 0, new() { Blocks = 1 << 20 }));
    }

    private static ServedDevice Faulty(StoreFault fault) =>
        new(() => new BlockDevice(new FaultyStore(new MemoryBlockStore(DiskLength), fault, 1000), new()));

    private static BlockDriver Open(ServedDevice served, int depth, ulong without)
    {
        var options = BlockDriver.DefaultOptions;
        return BlockDriver.Start(VhostUserFrontend.Connect(served.Path, options with { Features = options.Features & ~without }), depth);
    }

    private static LoadReport Run(ServedDevice served, int depth, int requests, ulong without = 0)
    {
        using var driver = Open(served, depth, without);
        var load = new BlockLoad(driver, 0, new() { Blocks = 512 });
        using var stop = new CancellationTokenSource();
        var running = Task.Factory.StartNew(() => load.Run(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        WaitFor.Condition(() => running.IsCompleted || load.Account.Done >= requests, $"{requests} requests");
        stop.Cancel();
        return running.Result;
    }
}

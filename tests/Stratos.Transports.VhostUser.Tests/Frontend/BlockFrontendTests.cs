using System.Text;
using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Transports.VhostUser.Tests.Frontend;

/// <summary>The block driver and the frontend under it, against the backend and the real block device.</summary>
public sealed class BlockFrontendTests
{
    private const ulong NoPacked = VirtioFeatures.RingPacked;
    private const ulong NoInOrder = VirtioFeatures.InOrder;
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(0UL, false, 1)]
    [InlineData(NoPacked, false, 3)]
    [InlineData(NoInOrder, true, 1)]
    [InlineData(NoPacked | NoInOrder, true, 3)]
    [InlineData(VirtioFeatures.IndirectDescriptors | VirtioFeatures.EventIndex, false, 2)]
    [InlineData(VirtioFeatures.IndirectDescriptors | VirtioFeatures.EventIndex | NoPacked, true, 2)]
    public void Every_request_works_on_every_ring_and_memory(ulong without, bool bySlots, int regions)
    {
        using var served = Memory();
        using var driver = Open(served, options => options with { Features = options.Features & ~without, MemoryBySlots = bySlots, MemoryRegions = regions });
        var queue = driver.Queues[0];
        Fill(queue.Data(0)[..1024], 7);
        Assert.True(queue.TryWrite(0, 8, 1024));
        AssertOk(queue, 1);
        Assert.True(queue.TryFlush(0));
        AssertOk(queue, 1);
        Assert.True(queue.TryRead(1, 8, 1024));
        AssertOk(queue, 1025);
        Assert.Equal(queue.Data(0)[..1024], queue.Data(1)[..1024]);
        Assert.True(queue.TryWriteZeroes(0, 9, 1));
        AssertOk(queue, 1);
        Assert.True(queue.TryRead(1, 8, 1024));
        AssertOk(queue, 1025);
        Assert.Equal(7, queue.Data(1)[511]);
        Assert.False(queue.Data(1)[512..1024].ContainsAnyExcept((byte)0));
        Assert.True(queue.TryDiscard(0, 8, 8));
        AssertOk(queue, 1);
        Assert.True(queue.TryGetId(0));
        AssertOk(queue, 21);
        Assert.Equal("disk-of-the-test", Encoding.ASCII.GetString(queue.Data(0)[..20]).TrimEnd('\0'));
    }

    [Fact]
    public void Queues_work_beside_each_other()
    {
        using var served = Memory(queues: 4);
        using var driver = BlockDriver.Start(VhostUserFrontend.Connect(served.Path, BlockDriver.DefaultOptions), depth: 4, queues: 4);
        Assert.Equal(4, driver.Config.Queues);
        foreach (var queue in driver.Queues)
        {
            Fill(queue.Data(0), (byte)(queue.Queue.Index + 1));
            Assert.True(queue.TryWrite(0, (ulong)queue.Queue.Index * 8, 4096));
            queue.Kick();
        }
        foreach (var queue in driver.Queues)
        {
            AssertOk(queue, 1);
            var other = (queue.Queue.Index + 1) % 4;
            Assert.True(queue.Wait(TimeSpan.Zero) is false && queue.TryRead(1, (ulong)other * 8, 512));
        }
    }

    [Fact]
    public void More_queues_than_the_device_has_are_refused()
    {
        using var served = Memory();
        using var frontend = VhostUserFrontend.Connect(served.Path, BlockDriver.DefaultOptions);
        var refused = Assert.Throws<BackendRefusedException>(() => BlockDriver.Start(frontend, depth: 1, queues: 2));
        Assert.Contains("1 request queues, not 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_out_of_range_completes_with_an_error()
    {
        using var served = Memory();
        using var driver = Open(served);
        Assert.True(driver.Queues[0].TryRead(0, driver.Config.Sectors, 512));
        Assert.Equal(BlockStatus.IoError, driver.Queues[0].WaitOne(s_time).Status);
        Assert.Throws<ArgumentOutOfRangeException>(() => driver.Queues[0].TryRead(0, 0, 100));
    }

    [Fact]
    public void A_slot_in_flight_is_not_submitted_again()
    {
        using var served = Memory();
        using var driver = Open(served);
        Assert.True(driver.Queues[0].TryRead(0, 0, 512));
        Assert.Throws<InvalidOperationException>(() => driver.Queues[0].TryRead(0, 0, 512));
        Assert.Throws<InvalidOperationException>(() => driver.Queues[0].TryDiscard(0, 0, 1));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(NoPacked)]
    public void A_stopped_device_goes_on_where_it_stood(ulong without)
    {
        using var served = Memory();
        using var driver = Open(served, options => options with { Features = options.Features & ~without });
        for (var round = 1; round <= 3; round++)
        {
            ReadMany(driver.Queues[0], 37);
            var states = driver.Frontend.Stop();
            var expected = without == 0 ? round * 37 % 16 : round * 37;
            Assert.Equal(expected, states[0].AvailIndex);
            Assert.Equal(expected, states[0].UsedIndex);
            driver.Frontend.Start();
        }
    }

    [Fact]
    public void A_disabled_queue_waits_and_an_enabled_one_goes_on()
    {
        using var served = Memory();
        using var driver = Open(served);
        var queue = driver.Queues[0];
        queue.Queue.Enable(false);
        Assert.True(queue.TryRead(0, 0, 512));
        queue.Kick();
        Assert.False(queue.Wait(TimeSpan.FromMilliseconds(50)));
        queue.Queue.Enable(true);
        AssertOk(queue, 513);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(NoPacked)]
    public void A_reset_queue_and_a_reset_device_begin_again(ulong without)
    {
        using var served = Memory();
        using var driver = Open(served, options => options with { Features = options.Features & ~without });
        ReadMany(driver.Queues[0], 21);
        driver.Queues[0].Queue.Reset();
        ReadMany(driver.Queues[0], 21);
        driver.Frontend.Reset();
        driver.Frontend.Start();
        ReadMany(driver.Queues[0], 21);
    }

    [Fact]
    public void A_resize_is_announced()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new byte[1 << 20]);
            using var served = new ServedDevice(() => BlockDevice.Create(new() { File = path }));
            using var driver = Open(served);
            Assert.Equal(2048UL, driver.Config.Sectors);
            File.WriteAllBytes(path, new byte[2 << 20]);
            ((BlockDevice)served.Port.Device).Resize();
            Assert.True(driver.Frontend.WaitForConfigChange(0, s_time));
            Assert.Equal(4096UL, driver.ReadConfig().Sectors);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Pages_that_the_device_writes_are_marked_in_the_dirty_log()
    {
        using var served = Memory();
        using var driver = Open(served);
        using var log = new DirtyLog(0x2_0000_0000);
        ReadMany(driver.Queues[0], 3);
        Assert.Equal(0, log.Clear());
        driver.Frontend.StartLog(log);
        ReadMany(driver.Queues[0], 1);
        var ring = driver.Queues[0].Queue.Ring.Addresses;
        Assert.True(log.IsDirty(ring.Descriptors) || log.IsDirty(ring.Device));
        Assert.InRange(log.Clear(), 2, 8);
        driver.Frontend.StopLog();
        // The used ring is logged until its own flag is taken away, which comes after the feature.
        log.Clear();
        ReadMany(driver.Queues[0], 3);
        Assert.Equal(0, log.Clear());
    }

    private static ServedDevice Memory(int queues = 1) =>
        new(() => BlockDevice.Create(new() { Memory = 8 << 20, Queues = queues, Serial = "disk-of-the-test" }));

    private static BlockDriver Open(ServedDevice served, Func<FrontendOptions, FrontendOptions>? change = null) =>
        BlockDriver.Start(VhostUserFrontend.Connect(served.Path, (change ?? (options => options))(BlockDriver.DefaultOptions)), depth: 4, queueSize: 16);

    private static void AssertOk(BlockQueue queue, uint written)
    {
        var completion = queue.WaitOne(s_time);
        Assert.Equal((BlockStatus.Ok, written), (completion.Status, completion.Written));
    }

    private static void ReadMany(BlockQueue queue, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(queue.TryRead(i % queue.Depth, (ulong)(i % 8), 512));
            AssertOk(queue, 513);
        }
    }

    private static void Fill(Span<byte> data, byte value) => data.Fill(value);
}

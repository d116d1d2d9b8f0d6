using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Backend;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Transports.VhostUser.Tests.Frontend;

/// <summary>A frontend goes on with the same rings when its backend comes back.</summary>
public sealed class ReconnectTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(0UL, true)]
    [InlineData(0UL, false)]
    [InlineData(VirtioFeatures.RingPacked, true)]
    [InlineData(VirtioFeatures.RingPacked, false)]
    [InlineData(VirtioFeatures.InOrder, true)]
    [InlineData(VirtioFeatures.RingPacked | VirtioFeatures.InOrder, true)]
    public void Requests_go_on_after_the_backend_was_replaced(ulong without, bool keepInflight)
    {
        using var served = new ServedDevice(() => BlockDevice.Create(new() { Memory = 1 << 20 }));
        var options = BlockDriver.DefaultOptions with { KeepInflight = keepInflight };
        using var driver = BlockDriver.Start(VhostUserFrontend.Connect(served.Path, options with { Features = options.Features & ~without }), depth: 8);
        for (var round = 0; round < 4; round++)
        {
            ReadAll(driver.Queues[0]);
            served.Stop();
            for (var slot = 0; slot < driver.Queues[0].Depth; slot++)
                Assert.True(driver.Queues[0].TryRead(slot, (ulong)slot, 512));
            driver.Queues[0].Kick();
            var lost = Assert.Throws<BackendLostException>(() => driver.Queues[0].Wait(s_time));
            Assert.Contains("with 8 requests of queue 0 in flight", lost.Message, StringComparison.Ordinal);
            served.Restart();
            driver.Frontend.Reconnect();
            TakeAll(driver.Queues[0]);
        }
    }

    [Fact]
    public void A_backend_may_connect_to_the_frontend()
    {
        using var served = new ServedDevice(() => BlockDevice.Create(new() { Memory = 1 << 20 }), BackendMode.Connect);
        using var listener = UnixListener.Bind(served.Path);
        using var driver = BlockDriver.Start(VhostUserFrontend.Over(listener.Accept(), BlockDriver.DefaultOptions), depth: 8);
        ReadAll(driver.Queues[0]);
        served.Restart();
        Assert.Throws<InvalidOperationException>(() => driver.Frontend.Reconnect());
        driver.Frontend.Reconnect(listener.Accept());
        ReadAll(driver.Queues[0]);
    }

    [Fact]
    public void A_backend_that_lacks_a_feature_in_use_is_refused()
    {
        var multi = true;
        using var served = new ServedDevice(() => BlockDevice.Create(new() { Memory = 1 << 20, Queues = multi ? 2 : 1 }));
        using var driver = BlockDriver.Start(VhostUserFrontend.Connect(served.Path, BlockDriver.DefaultOptions), depth: 1);
        multi = false;
        served.Restart();
        var refused = Assert.Throws<BackendRefusedException>(() => driver.Frontend.Reconnect());
        Assert.Contains("now lacks 0x1000", refused.Message, StringComparison.Ordinal);
    }

    private static void ReadAll(BlockQueue queue)
    {
        for (var slot = 0; slot < queue.Depth; slot++)
            Assert.True(queue.TryRead(slot, (ulong)slot, 512));
        queue.Kick();
        TakeAll(queue);
    }

    private static void TakeAll(BlockQueue queue)
    {
        while (queue.InFlight > 0)
        {
            Assert.True(queue.Wait(s_time));
            while (queue.TryComplete(out var completion))
                Assert.Equal(BlockStatus.Ok, completion.Status);
        }
    }
}

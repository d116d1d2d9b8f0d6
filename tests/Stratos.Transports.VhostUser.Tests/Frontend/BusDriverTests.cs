using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.I2c.Simulation;
using Stratos.Fabric.Devices.Spi;
using Stratos.Fabric.Devices.Spi.Simulation;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Transports.VhostUser.Tests.Frontend;

/// <summary>The I2C and SPI drivers against the real devices.</summary>
public sealed class BusDriverTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(20);

    [Fact]
    public void An_I2C_group_writes_a_register_and_reads_it_in_one_transfer()
    {
        using var served = new ServedDevice(static () => new I2cAdapterDevice(SimulatedI2cBus.Private(new I2cTally(new(0x30)), new Lm75(new(0x48)))));
        using var driver = I2cDriver.Start(VhostUserFrontend.Connect(served.Path, I2cDriver.DefaultOptions), depth: 8);
        driver.Data(0)[0] = 3;
        Assert.True(driver.TryWrite(0, 0x48, 1, more: true));
        Assert.True(driver.TryRead(1, 0x48, 2));
        Assert.True(driver.TryWrite(2, 0x31, 0));
        Assert.Equal([true, true, false], Complete(driver, 3));
        Assert.Equal([80, 0], driver.Data(1)[..2].ToArray());
        Assert.Throws<InvalidOperationException>(() => driver.TryRead(1, 0x48, 2) && driver.TryRead(1, 0x48, 2));
    }

    [Fact]
    public void An_I2C_adapter_serves_no_driver_without_the_mandatory_feature()
    {
        using var served = new ServedDevice(static () => new I2cAdapterDevice(SimulatedI2cBus.Private(new I2cTally(new(0x30)))));
        var options = I2cDriver.DefaultOptions with { Features = VirtioFeatures.Rings, RequiredFeatures = VirtioFeatures.Version1 };
        Assert.ThrowsAny<Exception>(() =>
        {
            using var driver = I2cDriver.Start(VhostUserFrontend.Connect(served.Path, options), depth: 1);
            Assert.True(driver.TryWrite(0, 0x30, 0));
            driver.Kick();
            Assert.False(driver.Wait(s_time));
        });
        WaitFor.Condition(() => served.Log.Any(static line => line.Contains("required", StringComparison.Ordinal)), "the refusal in the log");
    }

    [Fact]
    public void SPI_transfers_go_both_ways_and_errors_are_told()
    {
        using var served = new ServedDevice(static () => new SpiControllerDevice(SimulatedSpiBus.Private(new SpiLoopback(0), new NorFlash(8, 1))));
        using var driver = SpiDriver.Start(VhostUserFrontend.Connect(served.Path, SpiDriver.DefaultOptions), depth: 4);
        Assert.Equal(2, driver.ChipSelects);
        for (byte i = 0; i < 16; i++)
            driver.Sent(0)[i] = i;
        driver.Sent(1)[0] = 0x9F;
        Assert.True(driver.TryTransfer(0, new(0), 16));
        Assert.True(driver.TryTransfer(1, new(1), 1, receives: false));
        Assert.True(driver.TryTransfer(2, new(1), 3, sends: false));
        Assert.True(driver.TryTransfer(3, new(2), 1));
        driver.Kick();
        var results = new List<SpiTransferResult>();
        while (results.Count < 4)
        {
            Assert.True(driver.Wait(s_time));
            while (driver.TryTake(out var slot, out var result))
            {
                Assert.Equal(results.Count, slot);
                results.Add(result);
            }
        }
        Assert.Equal([SpiTransferResult.Ok, SpiTransferResult.Ok, SpiTransferResult.Ok, SpiTransferResult.ParameterError], results);
        Assert.Equal(driver.Sent(0)[..16].ToArray(), driver.Received(0)[..16].ToArray());
        Assert.Equal([0xEF, 0x40, 0x14], driver.Received(2)[..3].ToArray());
    }

    private static List<bool> Complete(I2cDriver driver, int count)
    {
        driver.Kick();
        var succeeded = new List<bool>();
        while (succeeded.Count < count)
        {
            Assert.True(driver.Wait(s_time));
            while (driver.TryTake(out var slot, out var one))
            {
                Assert.Equal(succeeded.Count, slot);
                succeeded.Add(one);
            }
        }
        return succeeded;
    }
}

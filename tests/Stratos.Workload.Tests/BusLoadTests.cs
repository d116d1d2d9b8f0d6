using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.I2c.Simulation;
using Stratos.Fabric.Devices.Spi;
using Stratos.Fabric.Devices.Spi.Simulation;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload.Tests;

/// <summary>The loads on I2C and SPI.</summary>
public sealed class BusLoadTests
{
    private static readonly I2cAddress s_counter = new(0x30);

    [Fact]
    public void I2C_is_clean()
    {
        var report = RunI2c(static (_, _) => { });
        Assert.True(report.IsClean, report.ToString());
    }

    [Fact]
    public void A_transfer_too_many_is_repeated()
    {
        var report = RunI2c(static (bus, done) =>
        {
            if (done == 100)
                bus.Transfer(new(1, 1), [new(s_counter, IsRead: false, default)], static _ => { });
        });
        Assert.Equal((0L, 1L, 0L), (report.Failed, report.Repeated, report.Lost));
    }

    [Fact]
    public void A_refused_transfer_is_failed()
    {
        var report = RunI2c(static (bus, done) =>
        {
            if (done == 100)
                bus.Faults.Inject(new(I2cFault.AddressNotAcknowledged));
        });
        Assert.Equal((1L, 0L), (report.Failed, report.Repeated));
    }

    [Fact]
    public void SPI_is_clean_and_a_fault_is_failed()
    {
        var bus = SimulatedSpiBus.Private(new SpiLoopback(0));
        using var served = new ServedDevice(() => new SpiControllerDevice(bus));
        using var driver = SpiDriver.Start(VhostUserFrontend.Connect(served.Path, SpiDriver.DefaultOptions), depth: 8);
        var load = new SpiLoad(driver, 0, new());
        bus.Faults.Fail(times: 3);
        var report = RunUntil(load, 500, static _ => { });
        Assert.Equal((3L, 0L), (report.Failed, report.Corrupted));
        Assert.InRange(report.Done, 500, long.MaxValue);
    }

    private static LoadReport RunI2c(Action<SimulatedI2cBus, long> disturb)
    {
        var bus = SimulatedI2cBus.Private(new I2cTally(s_counter));
        using var served = new ServedDevice(() => new I2cAdapterDevice(bus));
        using var driver = I2cDriver.Start(VhostUserFrontend.Connect(served.Path, I2cDriver.DefaultOptions), depth: 8);
        var disturbed = false;
        return RunUntil(new I2cLoad(driver, (byte)s_counter.Value, new()), 500, done =>
        {
            if (done >= 100 && !disturbed)
            {
                disturbed = true;
                disturb(bus, 100);
            }
        });
    }

    private static LoadReport RunUntil(Load load, long requests, Action<long> meanwhile)
    {
        using var stop = new CancellationTokenSource();
        LoadReport? report = null;
        var thread = new Thread(() => report = load.Run(stop.Token));
        thread.Start();
        WaitFor.Condition(
            () =>
            {
                meanwhile(load.Account.Done);
                return load.Account.Done >= requests || report is not null;
            },
            "the load");
        stop.Cancel();
        thread.Join();
        return report!;
    }
}

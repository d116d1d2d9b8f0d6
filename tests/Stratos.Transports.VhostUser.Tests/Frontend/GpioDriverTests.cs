using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Transports.VhostUser.Tests.Frontend;

/// <summary>The GPIO driver against the real device.</summary>
public sealed class GpioDriverTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(20);

    [Fact]
    public void Names_directions_and_values_are_told_and_set()
    {
        using var served = new ServedDevice(() => GpioDevice.Create(new() { Bank = 4, Names = ["led", "", "door"], Wires = [(0, 1)] }));
        using var driver = GpioDriver.Start(VhostUserFrontend.Connect(served.Path, GpioDriver.DefaultOptions));
        Assert.Equal(4, driver.LineCount);
        Assert.Equal(["led", "", "door", ""], driver.ReadNames(s_time));
        Assert.True(driver.Ask(GpioRequestType.SetValue, 0, 1, s_time).IsOk);
        Assert.True(driver.Ask(GpioRequestType.SetDirection, 0, 1, s_time).IsOk);
        Assert.Equal(1, driver.Ask(GpioRequestType.GetDirection, 0, 0, s_time).Value);
        Assert.Equal(1, driver.Ask(GpioRequestType.GetValue, 1, 0, s_time).Value);
        Assert.Equal(new(1, 0, 2), driver.Ask(GpioRequestType.GetValue, 4, 0, s_time));
    }

    [Fact]
    public void A_device_without_names_has_lines_without_names()
    {
        using var served = new ServedDevice(() => GpioDevice.Create(new() { Bank = 2 }));
        using var driver = GpioDriver.Start(VhostUserFrontend.Connect(served.Path, GpioDriver.DefaultOptions));
        Assert.Equal(["", ""], driver.ReadNames(s_time));
    }

    [Fact]
    public void Interrupts_come_for_the_line_that_was_unmasked()
    {
        using var bank = GpioBank.Private(4);
        using var served = new ServedDevice(() => new GpioDevice(new GpioBankPort(bank)));
        using var driver = GpioDriver.Start(VhostUserFrontend.Connect(served.Path, GpioDriver.DefaultOptions));
        Assert.True(driver.TryUnmask(2));
        Assert.True(driver.Listener!.WaitForUsed(s_time));
        Assert.True(driver.TryTakeEvent(out var line, out var isInterrupt));
        Assert.Equal((2, false), (line, isInterrupt));
        Assert.True(driver.Ask(GpioRequestType.SetInterruptType, 2, 1, s_time).IsOk);
        Assert.True(driver.TryUnmask(2));
        bank.Drive(2, true);
        Assert.True(driver.Listener.WaitForUsed(s_time));
        Assert.True(driver.TryTakeEvent(out line, out isInterrupt));
        Assert.Equal((2, true), (line, isInterrupt));
        Assert.False(driver.TryTakeEvent(out _, out _));
    }
}

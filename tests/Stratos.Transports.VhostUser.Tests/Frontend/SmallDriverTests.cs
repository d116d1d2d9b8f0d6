using System.Text;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Entropy;
using Stratos.Fabric.Devices.Rtc;
using Stratos.Fabric.Devices.Rtc.Simulation;
using Stratos.Fabric.Devices.Watchdog;
using Stratos.Fabric.Devices.Watchdog.Simulation;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Transports.VhostUser.Tests.Frontend;

/// <summary>The entropy, console, clock and watchdog drivers against the real devices.</summary>
public sealed class SmallDriverTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(20);

    [Fact]
    public void Entropy_fills_every_buffer()
    {
        using var served = new ServedDevice(() => EntropyDevice.Create(new()));
        using var driver = EntropyDriver.Start(VhostUserFrontend.Connect(served.Path, EntropyDriver.DefaultOptions), depth: 8, length: 64);
        for (var i = 0; i < 8; i++)
            Assert.True(driver.TryAsk(i));
        driver.Kick();
        var seen = new HashSet<string>();
        while (seen.Count < 8)
        {
            Assert.True(driver.Wait(s_time));
            while (driver.TryTake(out var slot, out var length))
            {
                Assert.Equal(64, length);
                Assert.True(seen.Add(Convert.ToHexString(driver.Data(slot))));
            }
        }
    }

    [Fact]
    public void A_console_puts_out_what_is_sent_in_order()
    {
        using var directory = new TemporaryPath();
        using var served = new ServedDevice(() => ConsoleDevice.Create(new() { Ports = [new() { File = directory.Path }] }));
        var expected = new StringBuilder();
        using (var driver = ConsoleDriver.Start(VhostUserFrontend.Connect(served.Path, ConsoleDriver.DefaultOptions), chunk: 32))
        {
            for (var i = 0; i < 200; i++)
            {
                var line = $"line {i} of the console\n";
                expected.Append(line);
                while (!driver.TrySend(Encoding.ASCII.GetBytes(line)))
                {
                    Assert.True(driver.Transmitter.WaitForUsed(s_time));
                    driver.TryTakeSent();
                }
            }
            while (driver.Sending > 0)
            {
                Assert.True(driver.Transmitter.WaitForUsed(s_time));
                driver.TryTakeSent();
            }
        }
        Assert.Equal(expected.ToString(), File.ReadAllText(directory.Path));
    }

    [Fact]
    public void Clocks_are_described_read_and_ring()
    {
        using var board = ClockBoard.Private();
        board.SetRate(ClockName.Tai, 0);
        board.Set(ClockName.Tai, 1000);
        board.SetCounter(5, hertz: 0);
        using var served = new ServedDevice(() => new RtcDevice(new SimulatedClocks(board, [ClockName.Smeared, ClockName.Tai], RtcCounter.ArmVirtualCount), [0, 1]));
        using var driver = RtcDriver.Start(VhostUserFrontend.Connect(served.Path, RtcDriver.DefaultOptions));
        Assert.Equal(2, driver.CountClocks());
        Assert.Equal((3, 1, true), driver.DescribeClock(0));
        Assert.Equal(1000ul, driver.Read(1));
        Assert.True(driver.CanCross(1, 0));
        Assert.Equal((1000ul, 5ul), driver.ReadCross(1, 0));
        driver.SetAlarm(1, 2000, enabled: true);
        Assert.Equal((2000ul, true), driver.ReadAlarm(1));
        Assert.False(driver.TryTakeAlarm(out _));
        board.Step(ClockName.Tai, TimeSpan.FromMicroseconds(1));
        Assert.True(driver.Alarms!.WaitForUsed(s_time));
        Assert.True(driver.TryTakeAlarm(out var clock));
        Assert.Equal(1, clock);
        driver.EnableAlarm(1, enabled: false);
        Assert.Equal((2000ul, false), driver.ReadAlarm(1));
        Assert.Throws<BackendRefusedException>(() => driver.Read(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_watchdog_is_pinged_and_resets_when_it_is_not(bool extended)
    {
        using var line = ResetBoard.Private();
        using var served = new ServedDevice(() => new WatchdogDevice(new() { Extended = extended, Timeout = 300 }, line));
        using var driver = WatchdogDriver.Start(VhostUserFrontend.Connect(served.Path, WatchdogDriver.DefaultOptions));
        Assert.Equal(extended, driver.IsExtended);
        driver.Ping();
        if (extended)
        {
            Assert.Equal(1, driver.Ask(2, 200));
            Assert.Equal(2, driver.Ask(2, 400));
            Assert.True(driver.Events!.WaitForUsed(s_time));
            Assert.True(driver.TryTakeWarning(out var remaining));
            Assert.InRange(remaining, 0u, 200u);
        }
        WaitFor.Condition(() => line.Resets == 1, "the reset");
        if (extended)
            Assert.Equal(1u, driver.ReadConfig(28));
        driver.Ping();
        WaitFor.Condition(() => line.Resets == 2, "the second reset");
    }

    private sealed class TemporaryPath : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}

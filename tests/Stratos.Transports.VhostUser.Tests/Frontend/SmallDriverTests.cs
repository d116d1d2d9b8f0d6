using System.Text;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Entropy;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Transports.VhostUser.Tests.Frontend;

/// <summary>The entropy and console drivers against the real devices.</summary>
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

    private sealed class TemporaryPath : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}

using System.Text.Json;
using Stratos.Cli.Processes;
using Stratos.Fabric.Devices.Watchdog;
using Stratos.Lab;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Guest.Tests;

/// <summary>A watchdog that resets a real virtual machine through QEMU's monitor. Its driver is ours: Linux has none.</summary>
[Collection(LabCollection.Name)]
public sealed class WatchdogGuestTests(LabFixture fixture)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    [Proves("watchdog", "an expiry resets the virtual machine", "docs/standards/virtio-watchdog.md", With = "QEMU's monitor")]
    public async Task AMachineWhoseDriverFallsSilentIsReset()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using var folder = new RunFolder();
        string monitor = folder.In("qmp.sock");
        await using GuestRun run = await fixture.Lab.BootAsync(
            new GuestSpec
            {
                Script = "echo up; read line < /dev/ttyS1",
                ExtraArguments = ["-qmp", $"unix:{monitor},server=on,wait=off"],
                Deadline = TimeSpan.FromMinutes(5),
            },
            stop);
        await run.WaitForAsync("up\n", s_patience, stop);
        // The lab starts its machines so that a reset ends them; this one is to start again.
        await run.Monitor.ExecuteAsync("set-action", new { reboot = "reset" }, stop);
        using var served = new Stratos.Testing.ServedDevice(() => WatchdogDevice.Create(new() { Extended = true, Timeout = 500, Monitor = monitor }));
        using WatchdogDriver driver = WatchdogDriver.Start(VhostUserFrontend.Connect(served.Path, WatchdogDriver.DefaultOptions));
        driver.Ping();
        JsonElement reset = await run.Monitor.WaitForEventAsync("RESET", stop).WaitAsync(s_patience, stop);
        Assert.Equal("host-qmp-system-reset", reset.GetProperty("data").GetProperty("reason").GetString());
        WaitFor.Condition(() => served.Port.Reports.Count > 0, "the report");
        Assert.Equal("the watchdog expired for the 1st time: no ping came in time; the machine was reset", Assert.Single(served.Port.Reports));
        JsonElement status = await run.Monitor.ExecuteAsync("query-status", ct: stop);
        Assert.True(status.GetProperty("running").GetBoolean());
        Assert.Equal((1u, 1u), (driver.ReadConfig(28), driver.ReadConfig(40)));
    }
}

using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>The Linux host port of GPIO, served and driven inside a guest that has Linux's simulated gpiochip.</summary>
[Collection(LabCollection.Name)]
public sealed class GpioChipGuestTests(LabFixture fixture)
{
    [Fact]
    [Proves("gpio", "host port on a gpiochip: names, levels, edges and levels as interrupts", "docs/devices.md", With = "Linux gpio-sim")]
    public async Task AGpiochipIsServed()
    {
        GuestProgram host = await GuestProgram.PublishAsync("tests/Stratos.Testing.GuestHost", "stratos-host", TestContext.Current.CancellationToken);
        GuestResult result = await fixture.Lab.RunAsync(
            new()
            {
                Programs = [host],
                Deadline = TimeSpan.FromMinutes(3),
                DeviceTree = """
                    simulated {
                        compatible = "gpio-simulator";
                        bank { gpio-controller; #gpio-cells = <2>; ngpios = <6>; gpio-sim,label = "simulated"; gpio-line-names = "led", "", "door"; };
                    };
                    """,
                Script = "stratos-host gpio /dev/gpiochip0 /sys/devices/platform/simulated/gpiochip*",
            },
            TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Equal("6 lines (led  door   ), 1000 edges\n", result.Output);
    }
}

using Stratos.Cli.Processes;
using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>The GPIO device under Linux's gpio-virtio driver, with libgpiod's tools and with drivers that are clients of lines.</summary>
[Collection(LabCollection.Name)]
public sealed class GpioGuestTests(LabFixture fixture)
{
    private const int Lines = 16, Led = 0, Watched = 2, Key = 6, Switch = 7;

    // Linux keeps 16 edges for a program that reads them: more at once could be lost in the guest.
    private const int Burst = 8;

    // What gpiomon prints of such a burst: 1 for a rising edge, 2 for a falling one.
    private const string BurstText = "1\n2\n1\n2\n1\n2\n1\n2\n";

    private const string Clients = """
        keys { compatible = "gpio-keys"; key-a { label = "lab-a"; gpios = <&lines 6 0>; linux,code = <30>; debounce-interval = <0>; }; };
        leds { compatible = "gpio-leds"; led0 { label = "lab:led0"; gpios = <&lines 0 0>; }; };
        """;

    // Only a machine with much else to do needs so long, for the boot above all.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(QemuVersion.Current)]
    [InlineData(QemuVersion.Bookworm)]
    [Proves("gpio", "VIRTIO_GPIO_MSG_GET_LINE_NAMES", "5.18.6.1", With = "Linux gpio-virtio, gpioinfo")]
    [Proves("gpio", "VIRTIO_GPIO_MSG_SET_DIRECTION and GET_DIRECTION", "5.18.6.3", With = "Linux gpio-virtio, gpiodetect, gpioset")]
    [Proves("gpio", "VIRTIO_GPIO_MSG_GET_VALUE", "5.18.6.4", With = "Linux gpio-virtio, gpioget")]
    [Proves("gpio", "VIRTIO_GPIO_MSG_SET_VALUE: the value is used when the line becomes an output", "5.18.6.5", With = "Linux gpio-virtio, gpioset")]
    public async Task LinesAreNamedDrivenAndSensed(QemuVersion qemu)
    {
        var folder = new RunFolder();
        using GpioBank bank = Bank(folder);
        bank.Drive(Switch, true);
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Gpio(folder)], new GuestSpec
        {
            Qemu = qemu,
            Script = """
                set -e
                gpiodetect
                gpioinfo -c 0 | grep -e led -e door | tr -s '[:blank:]' ' '
                gpioget -c 0 --numeric 7
                gpioget -c 0 --numeric 5
                gpioset -c 0 -t 0 led=1
                gpioset -c 0 -t 5ms,5ms,0 led=1
                """,
        });
        GuestResult result = await guest.CompletionAsync();
        Assert.Equal("""
            gpiochip0 [virtio0] (16 lines)
             line 0: "led" input
             line 3: "door" input
            1
            0

            """, result.Output);
        Assert.True(bank.Inspect(Led) is { Rises: 3, Falls: 3, Direction: GpioDirection.None }, bank.Inspect(Led).ToString());
        AssertNoComplaint(result);
    }

    [Fact]
    [Proves("gpio", "VIRTIO_GPIO_F_IRQ: edge interrupts, 10,000 counted exactly", "5.18.6.6", With = "Linux gpio-virtio, gpiomon")]
    public async Task TenThousandEdgesAreTenThousandEvents()
    {
        const int Edges = 10_000;
        var folder = new RunFolder();
        using GpioBank bank = Bank(folder);
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Gpio(folder)], new GuestSpec
        {
            Deadline = TimeSpan.FromMinutes(8),
            Script = $"""
                gpiomon --banner -c 0 -F %e {Watched} &
                read -r line < /dev/ttyS1
                kill $!
                """,
        });
        await MonitoringAsync(guest);
        for (int driven = 0; driven < Edges; driven += Burst) { await DriveBurstAsync(guest, bank); }
        await guest.Run.SendLineAsync("stop", Ct);
        GuestResult result = await guest.CompletionAsync();
        Assert.Equal(string.Concat(Enumerable.Repeat("1\n2\n", Edges / 2)), result.Output[(result.Output.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        Assert.Equal((ulong)Edges, bank.Inspect(Watched).Transitions);
        AssertNoComplaint(result);
    }

    [Fact]
    [Proves("gpio", "an interrupt of both edges reaches a client driver", "5.18.6.6", With = "Linux gpio-keys, evtest")]
    [Proves("gpio", "an output is driven by a client driver", "5.18.6.5", With = "Linux gpio-leds, ledtrig-timer")]
    public async Task KeysAndLedsAreClients()
    {
        var folder = new RunFolder();
        using GpioBank bank = Bank(folder);
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Gpio(folder)], new GuestSpec
        {
            Deadline = TimeSpan.FromMinutes(5),
            DeviceTree = Clients,
            Script = Blinking + """

                evtest $keys &
                read -r line < /dev/ttyS1
                echo none > /sys/class/leds/lab:led0/trigger
                kill $!
                """,
        });
        await guest.Run.WaitForAsync("Testing ... (interrupt to exit)\n", Patience, Ct);
        for (int press = 0; press < 20; press++) { await PressAsync(guest, bank); }
        Assert.True(bank.WaitUntil(() => bank.Inspect(Led).Transitions >= 200, Patience), bank.Inspect(Led).ToString());
        await guest.Run.SendLineAsync("stop", Ct);
        GuestResult result = await guest.CompletionAsync();
        Assert.Equal(20, Count(result.Output, "code 30 (KEY_A), value 1"));
        Assert.Equal(20, Count(result.Output, "code 30 (KEY_A), value 0"));
        Assert.False(bank.Inspect(Led).Level);
        AssertNoComplaint(result);
    }

    [Fact]
    [Proves("gpio", "buffers, latched edges, directions and levels outlive the backend", "5.18.7", With = "Linux gpio-virtio, gpiomon, gpio-keys, ledtrig-timer")]
    public async Task NoEdgeIsLostOrRepeatedWhileTheServerIsKilled()
    {
        int kills = CampaignSize.Of(ci: 8, full: 200);
        var folder = new RunFolder();
        using GpioBank bank = Bank(folder);
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Gpio(folder)], new GuestSpec
        {
            Deadline = TimeSpan.FromSeconds(300 + (kills * 10)),
            DeviceTree = Clients,
            Script = Blinking + $$"""

                evtest $keys &
                read -r line < /dev/ttyS1
                gpiomon --banner -c 0 -F %e {{Watched}} &
                monitor=$!
                read -r line < /dev/ttyS1
                echo none > /sys/class/leds/lab:led0/trigger
                kill $monitor
                killall evtest
                """,
        });
        await guest.Run.WaitForAsync("Testing ... (interrupt to exit)\n", Patience, Ct);
        await guest.Run.SendLineAsync("monitor", Ct);
        await MonitoringAsync(guest);
        Task killing = guest.KillAsync("gpio0", kills, new Random(kills));
        int bursts = 0, presses = 0;
        while (!killing.IsCompleted)
        {
            await DriveBurstAsync(guest, bank);
            bursts++;
            await PressAsync(guest, bank);
            presses++;
        }
        await killing;
        ulong blinks = bank.Inspect(Led).Transitions;
        Assert.True(bank.WaitUntil(() => bank.Inspect(Led).Transitions > blinks + 10, Patience), "The LED has stopped.");
        await guest.Run.SendLineAsync("stop", Ct);
        GuestResult result = await guest.CompletionAsync();
        string[] lines = result.Output.Split('\n');
        Assert.Equal(Enumerable.Repeat(BurstText.TrimEnd('\n').Split('\n'), bursts).SelectMany(static burst => burst), lines.Where(static line => line is "1" or "2"));
        Assert.Equal(presses, Count(result.Output, "code 30 (KEY_A), value 1"));
        Assert.Equal(presses, Count(result.Output, "code 30 (KEY_A), value 0"));
        AssertNoComplaint(result);
    }

    private const string Blinking = """
        led=/sys/class/leds/lab:led0
        echo timer > $led/trigger
        echo 5 > $led/delay_on
        echo 5 > $led/delay_off
        for input in /sys/class/input/event*; do grep -q keys $input/device/name && keys=/dev/input/${input##*/}; done
        """;

    // Linux enables a line's interrupt a moment before it keeps edges for a program: only the program knows when that is over.
    private static async Task MonitoringAsync(ServedGuest guest)
    {
        await guest.Run.WaitForAsync("Monitoring line", Patience, Ct);
        await guest.Run.WaitForAsync("\n", Patience, Ct);
    }

    private static GpioBank Bank(RunFolder folder) => GpioBank.Open(folder.In("bank"), Lines);

    private static (string, Func<string, VhostUserDevice>) Gpio(RunFolder folder) => (
        $"gpio:gpio0,board={folder.In("bank")},bank={Lines},names=led,,,,,,door",
        static socket => VhostUserDevice.Gpio(socket) with { Node = DeviceTreeNode.Gpio("lines") });

    // Eight edges, each when the driver has dealt with the one before, and then what gpiomon says of them.
    private static async Task DriveBurstAsync(ServedGuest guest, GpioBank bank)
    {
        int driven = await Task.Factory.StartNew(() => bank.DriveEdges(Watched, Burst, Patience), TaskCreationOptions.LongRunning);
        Assert.True(driven == Burst, $"{driven} of {Burst} edges: {bank.Inspect(Watched)}\n{guest.Log}");
        await guest.Run.WaitForAsync(BurstText, Patience, Ct);
    }

    // The driver asks for the level some time after the edge, so the key stays until the event is out.
    private static async Task PressAsync(ServedGuest guest, GpioBank bank)
    {
        foreach (bool pressed in new[] { true, false })
        {
            bank.Drive(Key, pressed);
            await guest.Run.WaitForAsync(pressed ? "code 30 (KEY_A), value 1\n" : "code 30 (KEY_A), value 0\n", Patience, Ct);
            // With evtest's line that ends the event, so that nothing of it comes between what others print next.
            await guest.Run.WaitForAsync("SYN_REPORT ------------\n", Patience, Ct);
        }
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;

    // What the driver logs when a request fails, comes too late or has a wrong length.
    private static void AssertNoComplaint(GuestResult result)
    {
        Assert.DoesNotContain("gpio_virtio", result.Serial, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("GPIO operation timed out", result.Serial, StringComparison.Ordinal);
        Assert.DoesNotContain("GPIO request failed", result.Serial, StringComparison.Ordinal);
        Assert.DoesNotContain("incorrect len", result.Serial, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING:", result.Serial, StringComparison.Ordinal);
    }
}

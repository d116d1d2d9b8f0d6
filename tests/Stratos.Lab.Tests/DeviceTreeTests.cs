namespace Stratos.Lab.Tests;

/// <summary>Device trees of guests: nodes under virtio devices, clients of controllers, and what is wrong in them.</summary>
public sealed class DeviceTreeTests(LabFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(QemuVersion.Current)]
    [InlineData(QemuVersion.Bookworm)]
    public async Task Drivers_that_need_a_tree_find_their_lines_in_it(QemuVersion qemu)
    {
        GuestResult result = await fixture.Lab.RunAsync(
            new()
            {
                Qemu = qemu,
                DeviceTree = """
                    simulated {
                        compatible = "gpio-simulator";
                        bank: bank { gpio-controller; #gpio-cells = <2>; ngpios = <8>; gpio-sim,label = "simulated"; };
                    };
                    leds { compatible = "gpio-leds"; led0 { label = "lab:led0"; gpios = <&bank 3 0>; }; };
                    """,
                Script = """
                    cat /sys/firmware/devicetree/base/model; echo
                    gpioinfo -c 0 | grep led0 | tr -s '[:blank:]' ' '
                    echo 1 >/sys/class/leds/lab:led0/brightness
                    cat /sys/devices/platform/simulated/gpiochip*/sim_gpio3/value
                    """,
            },
            Ct);

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Equal("stratos lab guest\0\n line 3: unnamed output consumer=lab:led0\n1\n", result.Output);
    }

    [Theory]
    [InlineData(QemuVersion.Current)]
    [InlineData(QemuVersion.Bookworm)]
    public async Task A_virtio_device_has_its_own_node_wherever_it_is(QemuVersion qemu)
    {
        using var first = new TemporaryDisk(megabytes: 1);
        using var second = new TemporaryDisk(megabytes: 2);
        await using StorageDaemon daemon = await StorageDaemon.StartAsync(fixture.Lab, first.Path, queues: 1, Ct);
        await using StorageDaemon other = await StorageDaemon.StartAsync(fixture.Lab, second.Path, queues: 1, Ct);
        GuestResult result = await fixture.Lab.RunAsync(
            new()
            {
                Qemu = qemu,
                Devices =
                [
                    QemuDevice.Rng(),
                    VhostUserDevice.Block(daemon.Socket) with { Node = new(2, "small", "mark = \"one\";") },
                    VhostUserDevice.Block(other.Socket) with { Node = new(2, "large", "mark = \"two\";") },
                ],
                Script = """
                    for disk in /sys/block/vd?; do echo $(cat $disk/size) $(tr -d '\0' <$disk/device/of_node/mark); done | sort -n
                    """,
            },
            Ct);

        Assert.Equal("2048 one\n4096 two\n", result.Output);
    }

    [Fact]
    public async Task A_tree_that_does_not_compile_is_told_with_the_compilers_words()
    {
        var spec = new GuestSpec { DeviceTree = "leds { gpios = <&nowhere 1 0>; };", Script = "true" };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => fixture.Lab.RunAsync(spec, Ct));

        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
        Assert.Contains("does not compile", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_of_raw_arguments_takes_no_node()
    {
        var spec = new GuestSpec { Devices = [QemuDevice.Rng() with { Node = new(4, "rng", "") }], Script = "true" };

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Lab.RunAsync(spec, Ct));

        Assert.Contains("Remedy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_nodes_than_slots_are_refused()
    {
        GuestDevice device = VhostUserDevice.Rng("/s") with { Node = new(4, "rng", "") };
        var spec = new GuestSpec { Devices = [.. Enumerable.Repeat(device, 15)], Script = "true" };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => fixture.Lab.RunAsync(spec, Ct));

        Assert.Contains("room for 14", error.Message, StringComparison.Ordinal);
    }
}

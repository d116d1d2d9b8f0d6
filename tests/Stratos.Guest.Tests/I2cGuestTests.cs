using System.Globalization;
using System.Security.Cryptography;
using Stratos.Cli.Processes;
using Stratos.Fabric.Devices.I2c.Simulation;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>The I2C adapter under Linux's i2c_virtio driver, with i2c-tools and the kernel's own drivers of chips.</summary>
[Collection(LabCollection.Name)]
public sealed class I2cGuestTests(LabFixture fixture)
{
    private const string Chips = "tally@0x30+lm75@0x48+24c32@0x50+ds1307@0x68";
    private const string Tree = """
        eeprom@50 { compatible = "atmel,24c32"; reg = <0x50>; pagesize = <32>; };
        sensor@48 { compatible = "national,lm75"; reg = <0x48>; };
        rtc@68 { compatible = "dallas,ds1307"; reg = <0x68>; };
        """;

    private const string FindBus = """
        for b in /sys/bus/i2c/devices/i2c-*; do grep -qi virtio $b/name && bus=${b##*-}; done
        rom=/sys/bus/i2c/devices/$bus-0050/eeprom
        """;

    [Fact]
    [Proves("i2c", "zero-length and read requests, NAK: a scan of the bus", "5.16.6.1", With = "i2cdetect")]
    [Proves("i2c", "groups with FAIL_NEXT: combined transfers", "5.16.6.1", With = "i2ctransfer")]
    [Proves("i2c", "an EEPROM written and compared whole", "5.16.6.1", With = "Linux at24")]
    [Proves("i2c", "a sensor through hwmon", "5.16.6.1", With = "Linux lm75")]
    [Proves("i2c", "a clock set and read", "5.16.6.1", With = "Linux ds1307, hwclock")]
    public async Task LinuxDriversUseTheChips()
    {
        var folder = new RunFolder();
        string board = folder.In("i2c.board");
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Bus(board, Tree)], new GuestSpec
        {
            Deadline = TimeSpan.FromMinutes(3),
            Script = $"""
                set -e
                {FindBus}
                i2cdetect -y $bus | tail -n +2 | tr -s ' '
                i2ctransfer -y $bus w3@0x30 1 2 3
                i2ctransfer -y $bus w0@0x30 r12@0x30
                i2ctransfer -y $bus w1@0x31 0 w1@0x30 0 2>&1 | grep 'only 0/2'
                i2ctransfer -y $bus r4@0x30
                dd if=/dev/urandom of=/tmp/image bs=4096 count=1 2>/dev/null
                dd if=/tmp/image of=$rom bs=4096 2>/dev/null
                cmp /tmp/image $rom
                echo "image $(sha256sum </tmp/image | cut -d' ' -f1)"
                hwmon=$(echo /sys/bus/i2c/devices/$bus-0048/hwmon/hwmon*)
                echo "degrees $(cat $hwmon/temp1_input)"
                echo 60500 >$hwmon/temp1_max
                echo warm
                read line < /dev/ttyS1
                # The driver keeps a reading for a while.
                until [ "$(cat $hwmon/temp1_input)" = 41500 ]; do :; done
                echo "degrees $(cat $hwmon/temp1_input)"
                rtc=/dev/$(ls /sys/bus/i2c/devices/$bus-0068/rtc)
                hwclock -f $rtc --set --date '2031-02-28 23:59:30' --utc
                echo "clock $(hwclock -f $rtc -r --utc)"
                """,
        });
        await guest.Run.WaitForAsync("warm\n", TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);
        using SimulatedI2cBus bus = SimulatedI2cBus.Open(board, I2cBusPlan.Parse(Chips));
        var sensor = (Lm75)bus.Chips[1];
        sensor.Temperature = 41.5;
        await guest.Run.SendLineAsync("now", TestContext.Current.CancellationToken);
        GuestResult result = await guest.CompletionAsync();
        Assert.Contains("30: 30 --", result.Output, StringComparison.Ordinal);
        Assert.Contains("50: UU --", result.Output, StringComparison.Ordinal);
        Assert.Contains("UU", result.Output.Split("60:")[1].Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("degrees 25000\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("degrees 41500\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("clock 2031-02-28 23:59:3", result.Output, StringComparison.Ordinal);
        Assert.Equal(60.5, sensor.Limit);
        Assert.Equal(2031, ((Ds1307)bus.Chips[3]).Now.Year);
        Assert.Contains($"image {Convert.ToHexStringLower(SHA256.HashData(((Eeprom24)bus.Chips[2]).Contents()))}", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Proves("i2c", "each message once while the server is killed, no error to the guest", "docs/writing-a-device.md", With = "i2ctransfer, Linux at24")]
    public async Task EachMessageHappensOnceWhileTheServerIsKilled()
    {
        int kills = CampaignSize.Of(ci: 8, full: 200);
        var folder = new RunFolder();
        string board = folder.In("i2c.board");
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Bus(board, Tree)], new GuestSpec
        {
            Deadline = TimeSpan.FromSeconds(60 + (kills * 6)),
            Script = $"""
                {FindBus}
                echo writing
                (read line < /dev/ttyS1; touch /tmp/stop) &
                n=0
                while [ ! -e /tmp/stop ]; do
                  i2ctransfer -y $bus w2@0x30 0 0 2>>/tmp/errors
                  i2ctransfer -y $bus w1@0x30 0 r12@0x30 >/tmp/seen 2>>/tmp/errors
                  dd if=/dev/urandom of=/tmp/page bs=32 count=4 2>/dev/null
                  dd if=/tmp/page of=$rom bs=128 seek=$((n % 32)) conv=notrunc 2>/dev/null || {"{"} echo "page $n failed"; exit 1; {"}"}
                  dd if=$rom bs=128 skip=$((n % 32)) count=1 2>/dev/null | cmp - /tmp/page || {"{"} echo "page $n differs"; exit 1; {"}"}
                  n=$((n+1))
                done
                [ ! -s /tmp/errors ] || {"{"} cat /tmp/errors; exit 1; {"}"}
                dmesg | grep -iE 'i2c.*(err|timeout)' && exit 1
                echo "rounds $n"
                """,
        });
        await guest.Run.WaitForAsync("writing\n", TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await guest.KillAsync("i2c0", kills, new Random(kills));
        await guest.Run.SendLineAsync("stop", TestContext.Current.CancellationToken);
        GuestResult result = await guest.CompletionAsync();
        uint rounds = uint.Parse(result.Output.Split("rounds ")[1].Trim(), CultureInfo.InvariantCulture);
        using SimulatedI2cBus bus = SimulatedI2cBus.Open(board, I2cBusPlan.Parse(Chips));
        var tally = (I2cTally)bus.Chips[0];
        Assert.Equal((2 * rounds, 3 * rounds, rounds), (tally.Writes, tally.Bytes, tally.Reads));
    }

    [Fact]
    public async Task TheSecondQemuIsServedToo()
    {
        var folder = new RunFolder();
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Bus(folder.In("i2c.board"), Tree)], new GuestSpec
        {
            Qemu = QemuVersion.Bookworm,
            Deadline = TimeSpan.FromMinutes(3),
            Script = $"""
                set -e
                {FindBus}
                i2cdetect -y $bus | grep '^30: 30'
                i2ctransfer -y $bus w2@0x30 1 2 r12@0x30
                """,
        });
        GuestResult result = await guest.CompletionAsync();
        Assert.Contains("0x01 0x00 0x00 0x00 0x02 0x00 0x00 0x00 0x02", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Proves("i2c", "two guests on one bus, apart by address", "docs/devices.md", With = "i2cdetect, i2ctransfer")]
    public async Task TwoGuestsShareABusByAddress()
    {
        var firstFolder = new RunFolder();
        var secondFolder = new RunFolder();
        string board = firstFolder.In("i2c.board");
        Task<ServedGuest> booting = ServedGuest.BootAsync(fixture.Lab, firstFolder, [Bus(board, "", "0x30+0x50")], Sharing(0x30, 0x48));
        await using ServedGuest second = await ServedGuest.BootAsync(fixture.Lab, secondFolder, [Bus(board, "", "0x48+0x30")], Sharing(0x48, 0x50));
        await using ServedGuest first = await booting;
        GuestResult[] results = [await first.CompletionAsync(), await second.CompletionAsync()];
        Assert.All(results, static result => Assert.Contains("alone\n", result.Output, StringComparison.Ordinal));
        using SimulatedI2cBus bus = SimulatedI2cBus.Open(board, I2cBusPlan.Parse(Chips));
        Assert.Equal(400u, ((I2cTally)bus.Chips[0]).Writes);
    }

    private static GuestSpec Sharing(int mine, int foreign) => new()
    {
        Deadline = TimeSpan.FromMinutes(3),
        Script = $"""
            set -e
            {FindBus}
            i2ctransfer -y $bus r1@{mine}
            i2ctransfer -y $bus r1@{foreign} 2>&1 | grep 'only 0/1'
            for i in $(seq 1 200); do i2ctransfer -y $bus w1@0x30 0; done
            echo alone
            """,
    };

    private static (string, Func<string, VhostUserDevice>) Bus(string board, string tree, string? allow = null) =>
        ($"i2c:i2c0,chips={Chips},board={board}{(allow is null ? "" : $",allow={allow}")}",
        socket => VhostUserDevice.I2c(socket) with { Node = DeviceTreeNode.I2c(tree) });
}

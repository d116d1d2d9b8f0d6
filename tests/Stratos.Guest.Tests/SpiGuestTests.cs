using System.Globalization;
using System.Security.Cryptography;
using Stratos.Cli.Processes;
using Stratos.Fabric.Devices.Spi.Simulation;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>The SPI controller under Linux's spi-virtio driver, with spi-tools and the kernel's own drivers of chips.</summary>
[Collection(LabCollection.Name)]
public sealed class SpiGuestTests(LabFixture fixture)
{
    private const string Chips = "loopback@0+25c256@1+w25q32@2";
    private const string Tree = """
        loop@0 { compatible = "rohm,dh2228fv"; reg = <0>; spi-max-frequency = <1000000>; };
        eeprom@1 { compatible = "atmel,at25"; reg = <1>; spi-max-frequency = <1000000>; size = <32768>; pagesize = <64>; address-width = <16>; };
        flash@2 { compatible = "jedec,spi-nor"; reg = <2>; spi-max-frequency = <10000000>; };
        """;

    private const string Find = """
        rom=$(echo /sys/bus/spi/devices/spi*.1/eeprom)
        wire=$(echo /dev/spidev*.0)
        """;

    [Fact]
    [Proves("spi", "full-duplex transfers, clock modes", "5.21.6.1", With = "spi-pipe, spi-config")]
    [Proves("spi", "an EEPROM written and compared whole", "5.21.6.1", With = "Linux at25")]
    [Proves("spi", "a NOR flash found, erased, written and read back", "5.21.6.1", With = "Linux spi-nor, MTD")]
    public async Task LinuxDriversUseTheChips()
    {
        var folder = new RunFolder();
        string board = folder.In("spi.board");
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Bus(board)], new GuestSpec
        {
            Deadline = TimeSpan.FromMinutes(4),
            Script = $"""
                set -e
                {Find}
                spi-config -d $wire -q
                spi-config -d $wire -m 3
                [ "$(printf 'there and back' | spi-pipe -d $wire -b 14 -n 1)" = 'there and back' ]
                spi-config -d $wire -m 1
                [ "$(printf 'once more' | spi-pipe -d $wire -b 9 -n 1)" = 'once more' ]
                dd if=/dev/urandom of=/tmp/image bs=32768 count=1 2>/dev/null
                dd if=/tmp/image of=$rom bs=32768 2>/dev/null
                cmp /tmp/image $rom
                echo "image $(sha256sum </tmp/image | cut -d' ' -f1)"
                cat /proc/mtd
                dd if=/dev/urandom of=/tmp/flash bs=64k count=4 2>/dev/null
                dd if=/tmp/flash of=/dev/mtdblock0 bs=64k seek=1 conv=fsync 2>/dev/null
                dd if=/dev/mtd0 bs=64k skip=1 count=4 2>/dev/null | cmp - /tmp/flash
                dd if=/dev/urandom of=/tmp/flash bs=64k count=4 2>/dev/null
                dd if=/tmp/flash of=/dev/mtdblock0 bs=64k seek=1 conv=fsync 2>/dev/null
                dd if=/dev/mtd0 bs=64k skip=1 count=4 2>/dev/null | cmp - /tmp/flash
                echo "flash $(sha256sum </tmp/flash | cut -d' ' -f1)"
                dmesg | grep -i spi-nor
                """,
        });
        GuestResult result = await guest.CompletionAsync();
        using SimulatedSpiBus bus = SimulatedSpiBus.Open(board, SpiBusPlan.Parse(Chips));
        var loopback = (SpiLoopback)bus.Chips[0];
        Assert.Equal((2ul, 23ul), (loopback.Transfers, loopback.Bytes));
        Assert.Equal(1_000_000u, loopback.LastSettings.Frequency);
        Assert.Equal(Fabric.Devices.Spi.SpiModes.ClockPhase, loopback.LastSettings.Modes);
        Assert.Contains($"image {Hash(((Eeprom25)bus.Chips[1]).Contents())}", result.Output, StringComparison.Ordinal);
        Assert.Contains($"flash {Hash(((NorFlash)bus.Chips[2]).Contents(0x1_0000, 0x4_0000))}", result.Output, StringComparison.Ordinal);
        Assert.Contains("mtd0: 00400000", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Proves("spi", "each transfer once while the server is killed, no error to the guest", "docs/writing-a-device.md", With = "spi-pipe, Linux at25, MTD")]
    public async Task EachTransferHappensOnceWhileTheServerIsKilled()
    {
        int kills = CampaignSize.Of(ci: 8, full: 200);
        var folder = new RunFolder();
        string board = folder.In("spi.board");
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Bus(board)], new GuestSpec
        {
            Deadline = TimeSpan.FromSeconds(90 + (kills * 6)),
            Script = $"""
                {Find}
                fail() {"{"} echo "round $n: $1"; dmesg | tail -5; exit 1; {"}"}
                echo writing
                (read line < /dev/ttyS1; touch /tmp/stop) &
                n=0
                while [ ! -e /tmp/stop ]; do
                  for i in 1 2 3 4; do
                    dd if=/dev/urandom of=/tmp/sent bs=64 count=1 2>/dev/null
                    spi-pipe -d $wire -b 64 -n 1 </tmp/sent >/tmp/back || fail pipe
                    cmp /tmp/sent /tmp/back || fail echo
                  done
                  dd if=/dev/urandom of=/tmp/page bs=256 count=1 2>/dev/null
                  dd if=/tmp/page of=$rom bs=256 seek=$((n % 128)) conv=notrunc 2>/dev/null || fail 'eeprom write'
                  dd if=$rom bs=256 skip=$((n % 128)) count=1 2>/dev/null | cmp - /tmp/page || fail eeprom
                  dd if=/dev/urandom of=/tmp/block bs=4096 count=1 2>/dev/null
                  dd if=/tmp/block of=/dev/mtdblock0 bs=4096 seek=$((n % 1024)) conv=fsync,notrunc 2>/dev/null || fail 'flash write'
                  dd if=/dev/mtd0 bs=4096 skip=$((n % 1024)) count=1 2>/dev/null | cmp - /tmp/block || fail flash
                  n=$((n+1))
                done
                dmesg | grep -iE '(spi|at25|mtd).*(err|fail|timeout)' && exit 1
                echo "rounds $n"
                """,
        });
        await guest.Run.WaitForAsync("writing\n", TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await guest.KillAsync("spi0", kills, new Random(kills));
        await guest.Run.SendLineAsync("stop", TestContext.Current.CancellationToken);
        GuestResult result = await guest.CompletionAsync();
        ulong rounds = ulong.Parse(result.Output.Split("rounds ")[1].Trim(), CultureInfo.InvariantCulture);
        using SimulatedSpiBus bus = SimulatedSpiBus.Open(board, SpiBusPlan.Parse(Chips));
        var loopback = (SpiLoopback)bus.Chips[0];
        Assert.Equal((4 * rounds, 256 * rounds), (loopback.Transfers, loopback.Bytes));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static (string, Func<string, VhostUserDevice>) Bus(string board) =>
        ($"spi:spi0,chips={Chips},board={board}", static socket => VhostUserDevice.Spi(socket) with { Node = DeviceTreeNode.Spi(Tree) });
}

using System.Globalization;
using Stratos.Cli.Processes;
using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Can.Bus;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Fabric.Devices.I2c.Simulation;
using Stratos.Fabric.Devices.Spi.Simulation;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>One guest with every device that Linux has a driver for, all in use at once, all served by one process that is killed.</summary>
[Collection(LabCollection.Name)]
public sealed class VehicleGuestTests(LabFixture fixture)
{
    private const int Lines = 8, Watched = 2, Burst = 8;
    private const string I2cChips = "tally@0x30+24c32@0x50";
    private const string SpiChips = "loopback@0";
    private const string SpiTree = "loop@0 { compatible = \"rohm,dh2228fv\"; reg = <0>; spi-max-frequency = <1000000>; };";

    /// <summary>One load a device, each counting what it did; the host's boards hold the other side of each account.</summary>
    private const string Script = """
        fail() { echo "$1"; touch /tmp/failed /tmp/stop; }
        (read line < /dev/ttyS1; touch /tmp/stop) &
        running() { [ ! -e /tmp/stop ]; }
        for b in /sys/bus/i2c/devices/i2c-*; do grep -qi virtio $b/name && i2c=${b##*-}; done
        spi=$(echo /dev/spidev*.0)
        ip link set can0 up

        (n=0; while running; do
          fio --name=v --filename=/dev/vda --rw=randwrite --bs=4k --size=4m --iodepth=8 --ioengine=libaio --direct=1 --randseed=$n \
            --verify=crc32c --do_verify=1 --verify_fatal=1 --verify_state_save=0 --output=/tmp/fio.txt || fail "disk: $(cat /tmp/fio.txt)"
          n=$((n+1)); done; echo $n > /tmp/disk) & all=$!
        (while running; do [ "$(dd if=/dev/hwrng bs=256 count=4 iflag=fullblock 2>/dev/null | wc -c)" = 1024 ] || fail "entropy: a short read"; done) & all="$all $!"
        (exec 3<>/dev/hvc0; stty raw -echo <&3
          n=0; while running; do echo "line $n of the console" >&3; n=$((n+1)); done; echo $n > /tmp/console) & all="$all $!"
        (n=0; while running; do
          i2ctransfer -y $i2c w2@0x30 0 0 2>>/tmp/i2c-errors || fail "i2c: $(cat /tmp/i2c-errors)"
          n=$((n+1)); done; echo $n > /tmp/i2c) & all="$all $!"
        (n=0; while running; do
          [ "$(printf 'transfer %06d' $n | spi-pipe -d $spi -b 15 -n 1)" = "$(printf 'transfer %06d' $n)" ] || fail "spi: transfer $n"
          n=$((n+1)); done; echo $n > /tmp/spi) & all="$all $!"
        (last=0; while running; do
          t=$(phc_ctl /dev/ptp3 get | sed -n 's/.*clock time is \([0-9]*\)\.\([0-9]*\) .*/\1\2/p')
          [ -n "$t" ] && [ "$t" -ge "$last" ] || fail "clock: '$t' after $last"
          last=$t; done) & all="$all $!"
        cangen can0 -g 5 -p 30000 -I 1A1 -L 8 -D i & can=$!
        gpiomon --banner -c 0 -F %e 2 > /tmp/edges & gpio=$!
        # Linux enables the interrupt a moment before it keeps edges for a program: the banner says that it does.
        until [ -s /tmp/edges ]; do sleep 0.1; done
        echo running
        wait $all
        kill -INT $can; wait $can
        until [ "$(cat /sys/class/net/can0/statistics/tx_packets)" = "${sent:-}" ]; do sent=$(cat /sys/class/net/can0/statistics/tx_packets); sleep 0.5; done
        read line < /dev/ttyS1
        kill $gpio; wait $gpio
        [ ! -e /tmp/failed ] || exit 1
        dmesg | grep -iE 'I/O error|blk_update|hung_task|timed out|request failed' && exit 1
        echo "disk $(cat /tmp/disk) console $(cat /tmp/console) i2c $(cat /tmp/i2c) spi $(cat /tmp/spi) can $sent edges $(grep -vc Monitoring /tmp/edges)"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Proves("block", "all devices at once while the server is killed", "docs/architecture.md", With = "Linux virtio_blk, fio")]
    [Proves("entropy", "all devices at once while the server is killed", "docs/architecture.md", With = "Linux virtio_rng")]
    [Proves("console", "all devices at once while the server is killed", "docs/architecture.md", With = "Linux virtio_console")]
    [Proves("gpio", "all devices at once while the server is killed", "docs/architecture.md", With = "Linux gpio-virtio, gpiomon")]
    [Proves("i2c", "all devices at once while the server is killed", "docs/architecture.md", With = "Linux i2c-virtio, i2ctransfer")]
    [Proves("spi", "all devices at once while the server is killed", "docs/architecture.md", With = "Linux spi-virtio, spi-pipe")]
    [Proves("can", "all devices at once while the server is killed", "docs/architecture.md", With = "Linux virtio_can, cangen")]
    [Proves("rtc", "all devices at once while the server is killed", "docs/architecture.md", With = "Linux virtio_rtc, phc_ctl")]
    public async Task EveryDeviceIsAccountedForWhileTheServerOfAllIsKilled()
    {
        int kills = CampaignSize.Of(ci: 8, full: 200);
        var folder = new RunFolder();
        using GpioBank bank = GpioBank.Open(folder.In("gpio"), Lines);
        using CanBus bus = CanBus.Open(folder.In("can"), default);
        CanStation host = bus.Join("host");
        host.Start(TimeSpan.FromSeconds(30));
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, Devices(folder), new GuestSpec
        {
            Cpus = 2,
            Layers = [GuestLayer.Fio],
            Deadline = TimeSpan.FromSeconds(240 + (kills * 8)),
            Script = Script,
        });
        await guest.Run.WaitForAsync("running\n", Patience, Ct);
        List<string> frames = [];
        Task killing = guest.KillAsync("disk0", kills, new Random(kills));
        int edges = 0;
        while (!killing.IsCompleted)
        {
            int driven = await Task.Factory.StartNew(() => bank.DriveEdges(Watched, Burst, Patience), TaskCreationOptions.LongRunning);
            Assert.True(driven == Burst, $"{driven} of {Burst} edges: {bank.Inspect(Watched)}\n{guest.Log}");
            edges += Burst;
            Receive(host, frames);
        }
        await killing;
        await guest.Run.SendLineAsync("stop", Ct);
        await guest.Run.SendLineAsync("count", Ct);
        GuestResult result = await guest.CompletionAsync();
        Receive(host, frames);
        Dictionary<string, int> did = Counts(result.Output);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills: {string.Join(", ", did)}");
        Assert.All(did.Values, static count => Assert.True(count > 0));
        Assert.Equal(edges, did["edges"]);
        Assert.Equal(Enumerable.Range(0, did["can"]), frames.Select(static frame => BitConverter.ToInt32(Convert.FromHexString(frame["1A1#".Length..][..8]))));
        Assert.Equal(
            Enumerable.Range(0, did["console"]).Select(static i => $"line {i} of the console"), await File.ReadAllLinesAsync(folder.In("console.log"), Ct));
        using SimulatedI2cBus i2c = SimulatedI2cBus.Open(folder.In("i2c"), I2cBusPlan.Parse(I2cChips));
        var tally = (I2cTally)i2c.Chips[0];
        Assert.Equal(((uint)did["i2c"], 2 * (uint)did["i2c"]), (tally.Writes, tally.Bytes));
        using SimulatedSpiBus spi = SimulatedSpiBus.Open(folder.In("spi"), SpiBusPlan.Parse(SpiChips));
        var loopback = (SpiLoopback)spi.Chips[0];
        Assert.Equal(((ulong)did["spi"], 15 * (ulong)did["spi"]), (loopback.Transfers, loopback.Bytes));
    }

    private static (string, Func<string, VhostUserDevice>)[] Devices(RunFolder folder)
    {
        string image = folder.In("disk.img");
        using (FileStream disk = File.Create(image)) { disk.SetLength(16 << 20); }
        return
        [
            ("entropy:rng0", VhostUserDevice.Rng),
            ($"block:disk0,file={image}", static socket => VhostUserDevice.Block(socket)),
            ($"console:con0,file={folder.In("console.log")}", static socket => VhostUserDevice.Console(socket)),
            ($"gpio:gpio0,board={folder.In("gpio")},bank={Lines}", VhostUserDevice.Gpio),
            ($"i2c:i2c0,chips={I2cChips},board={folder.In("i2c")}", VhostUserDevice.I2c),
            ($"spi:spi0,chips={SpiChips},board={folder.In("spi")}", static socket => VhostUserDevice.Spi(socket) with { Node = DeviceTreeNode.Spi(SpiTree) }),
            ($"can:can0,board={folder.In("can")},station=guest,patience=10000", VhostUserDevice.Can),
            ("rtc:clock0", VhostUserDevice.Rtc),
        ];
    }

    private static void Receive(CanStation host, List<string> frames)
    {
        while (host.TryReceive(out CanFrame frame)) { frames.Add(frame.ToString()); }
    }

    private static Dictionary<string, int> Counts(string output)
    {
        string[] words = output.Trim().Split('\n')[^1].Split(' ');
        return words.Chunk(2).ToDictionary(static pair => pair[0], static pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
    }
}

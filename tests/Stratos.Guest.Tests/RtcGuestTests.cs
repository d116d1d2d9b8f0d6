using Stratos.Cli.Processes;
using Stratos.Fabric.Devices.Rtc;
using Stratos.Fabric.Devices.Rtc.Simulation;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>The RTC device under Linux's virtio_rtc driver: PTP clocks, /dev/rtc, and their tools.</summary>
[Collection(LabCollection.Name)]
public sealed class RtcGuestTests(LabFixture fixture)
{
    private const long Second = 1_000_000_000;

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_REQ_CFG, VIRTIO_RTC_REQ_CLOCK_CAP", "5.23.6.2", With = "Linux virtio_rtc")]
    [Proves("rtc", "VIRTIO_RTC_REQ_READ", "5.23.6.3", With = "phc_ctl, testptp, hwclock")]
    [Proves("rtc", "VIRTIO_RTC_REQ_CROSS_CAP", "5.23.6.2", With = "testptp")]
    [Proves("rtc", "VIRTIO_RTC_REQ_SET_ALARM, VIRTIO_RTC_NOTIF_ALARM", "5.23.6.4", With = "rtcwake")]
    public async Task LinuxShowsTheClocksOfTheBoard()
    {
        var folder = new RunFolder();
        string path = folder.In("clocks.board");
        using ClockBoard board = ClockBoard.Open(path);
        board.Set(ClockName.Tai, 2_000_000_037 * Second);
        board.Set(ClockName.Smeared, 2_000_000_000 * Second);
        board.SetRate(ClockName.Utc, 0);
        board.Set(ClockName.Utc, 1_234_567_890 * Second);
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Clock(path)], new GuestSpec
        {
            Layers = [GuestLayer.SelfTests],
            Script = """
                set -e
                cat /sys/class/ptp/ptp*/clock_name
                date() { busybox date -u -D %s -d "$1" +%Y-%m-%dT%H:%M; }
                seconds() { phc_ctl /dev/ptp$1 get | sed -n 's/.*clock time is \([0-9]*\)\..*/\1/p'; }
                echo "smeared $(date $(seconds 0))"
                echo "utc $(seconds 1)"
                echo "tai $(date $(seconds 2))"
                testptp -d /dev/ptp2 -c | grep -A1 'external time'
                testptp -d /dev/ptp2 -g
                testptp -d /dev/ptp2 -k 5 > /tmp/offsets
                grep -c 'system time' /tmp/offsets || true
                testptp -d /dev/ptp2 -X 2>&1 || true
                hwclock --show --utc --rtc /dev/rtc0
                before=$(cat /sys/class/rtc/rtc0/since_epoch)
                rtcwake -m on -s 3
                after=$(cat /sys/class/rtc/rtc0/since_epoch)
                [ $((after - before)) -ge 3 ]
                rtcwake -m no -s 100
                rtcwake -m show
                rtcwake -m disable
                rtcwake -m show
                dmesg | grep -i virtio_rtc || true
                """,
        });
        GuestResult result = await guest.CompletionAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(result.Output);
        Assert.Contains("Virtio PTP type 3/variant 1\nVirtio PTP type 0/variant 0\nVirtio PTP type 1/variant 0\nVirtio PTP type 2/variant 0\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("smeared 2033-05-18T03:3", result.Output, StringComparison.Ordinal);
        Assert.Contains("utc 1234567890\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("tai 2033-05-18T03:3", result.Output, StringComparison.Ordinal);
        Assert.Contains("2033-05-18 03:3", result.Output, StringComparison.Ordinal);
        Assert.Contains("alarm: on", result.Output, StringComparison.Ordinal);
        Assert.Contains("alarm: off", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Proves("rtc", "VIRTIO_RTC_F_ALARM", "5.23.3", With = "Linux rtctest")]
    public async Task LinuxsOwnTestsPass()
    {
        var folder = new RunFolder();
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [("rtc:clock0", VhostUserDevice.Rtc)], new GuestSpec
        {
            Layers = [GuestLayer.SelfTests],
            Deadline = TimeSpan.FromMinutes(5),
            Script = "rtctest /dev/rtc0",
        });
        GuestResult result = await guest.CompletionAsync();
        Assert.Contains("# PASSED: 8 / 8 tests passed.", result.Output, StringComparison.Ordinal);
        Assert.Contains("fail:0 xfail:0 xpass:0 skip:0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Proves("rtc", "a guest sees the clocks and alarms that it is given, and no others", "5.23.6", With = "Linux virtio_rtc")]
    public async Task AGuestSeesNoClockAndNoAlarmThatItIsNotGiven()
    {
        var folder = new RunFolder();
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [("rtc:clock0,clocks=smeared,alarms=none", VhostUserDevice.Rtc)], new GuestSpec
        {
            Script = """
                ls /sys/class/ptp
                cat /sys/class/ptp/ptp0/clock_name
                ls /sys/class/rtc/rtc0
                hwclock --show --utc --rtc /dev/rtc0 > /dev/null
                rtcwake -m on -s 3 2>&1 && exit 1
                exit 0
                """,
        });
        GuestResult result = await guest.CompletionAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(result.Output);
        Assert.StartsWith("ptp0\nVirtio PTP type 3/variant 1\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("wakealarm", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Proves("rtc", "every alarm and every reading while the backend is killed", "5.23.6.4", With = "phc_ctl, /dev/rtc")]
    public async Task EveryAlarmRingsOnceWhileTheServerIsKilled()
    {
        int kills = CampaignSize.Of(ci: 8, full: 200);
        var folder = new RunFolder();
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Clock(folder.In("clocks.board"))], new GuestSpec
        {
            Deadline = TimeSpan.FromSeconds(120 + (kills * 6)),
            Script = """
                (read line < /dev/ttyS1; touch /tmp/stop) &
                exec 4< /dev/rtc0
                # The kernel counts the alarms since the last read in all but the lowest byte.
                ring() { echo +1 > /sys/class/rtc/rtc0/wakealarm && dd bs=8 count=1 <&4 2>/dev/null | od -An -tu8; }
                now() { phc_ctl /dev/ptp3 get | sed -n 's/.*clock time is \([0-9]*\)\.\([0-9]*\) .*/\1\2/p'; }
                echo reading
                (
                  last=0; n=0
                  while [ ! -e /tmp/stop ]; do
                    t=$(now)
                    [ -n "$t" ] && [ "$t" -ge "$last" ] || { echo "reading $n was '$t' after $last"; touch /tmp/failed; exit 1; }
                    last=$t; n=$((n+1))
                  done
                  echo "$n" > /tmp/reads
                ) &
                reader=$!
                alarms=0; rung=0
                while [ ! -e /tmp/stop ] && [ ! -e /tmp/failed ]; do
                  before=$(cat /sys/class/rtc/rtc0/since_epoch)
                  word=$(ring)
                  after=$(cat /sys/class/rtc/rtc0/since_epoch)
                  [ "$after" -ge $((before + 1)) ] || { echo "alarm $alarms rang at $after after $before"; exit 1; }
                  alarms=$((alarms+1)); rung=$((rung + (word >> 8)))
                done
                wait $reader
                [ ! -e /tmp/failed ] || exit 1
                dmesg | grep -E 'virtio_rtc.*(ignoring|fail|error)|rtc.*error' && exit 1
                echo "reads $(cat /tmp/reads)"
                echo "alarms $alarms rung $rung"
                """,
        });
        await guest.Run.WaitForAsync("reading\n", TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await guest.KillAsync("clock0", kills, new Random(kills));
        await guest.Run.SendLineAsync("stop", TestContext.Current.CancellationToken);
        GuestResult result = await guest.CompletionAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(result.Output);
        string[] counted = result.Output.Split("alarms ")[1].Split("rung");
        Assert.True(int.Parse(counted[0], System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Equal(counted[0].Trim(), counted[1].Trim());
    }

    private static (string, Func<string, VhostUserDevice>) Clock(string board) => ($"rtc:clock0,board={board}", VhostUserDevice.Rtc);
}

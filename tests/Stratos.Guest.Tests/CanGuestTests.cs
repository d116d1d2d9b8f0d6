using Stratos.Cli.Processes;
using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Can.Bus;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>The CAN device under Linux's virtio_can driver: two guests on one bus.</summary>
[Collection(LabCollection.Name)]
public sealed class CanGuestTests(LabFixture fixture)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(4);

    [Fact]
    [Proves("can", "classic, FD and RTR frames between two guests", "5.20.5.2", With = "cansend, candump")]
    public async Task FramesGoFromOneGuestToTheOther()
    {
        await using CanGuests guests = await CanGuests.BootAsync(
            fixture.Lab,
            """
            candump -L -n 6 can0 > /tmp/got &
            until grep -q can0 /proc/net/can/rcvlist_all; do sleep 0.1; done
            echo listening
            wait
            cut -d' ' -f3 /tmp/got
            """,
            """
            read line < /dev/ttyS1
            for f in 123#DEADBEEF 1F334455#1122334455667788 123#R 7FF# 5A1##0112233445566778899AABBCC 12345678##0FF; do cansend can0 $f; done
            """,
            s_deadline);
        await guests.First.Run.WaitForAsync("listening\n", s_deadline, TestContext.Current.CancellationToken);
        await guests.Second.Run.SendLineAsync("go", TestContext.Current.CancellationToken);
        await guests.Second.CompletionAsync();
        GuestResult got = await guests.First.CompletionAsync();
        string[] sent = ["123#DEADBEEF", "1F334455#1122334455667788", "123#R", "7FF#", "5A1##0112233445566778899AABBCC", "12345678##0FF"];
        // Linux's own flag for an FD frame is 4 in the digit after the marks.
        Assert.EndsWith(string.Concat(sent.Select(static frame => frame.Replace("##0", "##4", StringComparison.Ordinal) + "\n")), got.Output, StringComparison.Ordinal);
        Assert.Equal(sent, guests.HostReceives());
    }

    [Fact]
    [Proves("can", "VIRTIO_CAN_S_CTRL_BUSOFF, restart", "5.20.5.4", With = "ip link, candump -e")]
    public async Task BusOffIsSeenAndTheRestartBringsTheInterfaceBack()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        RunFolder folder = new();
        string board = folder.In("bus");
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [($"can:can0,board={board},station=one,transmit=123", VhostUserDevice.Can)], new GuestSpec
        {
            Script = """
                set -e
                ip link set can0 type can restart-ms 500
                ip link set can0 up
                candump -e -n 1 can0,0:0,#00000040 > /tmp/errors & dump=$!
                until grep -q can0 /proc/net/can/rcvlist_err; do sleep 0.1; done
                echo up
                read line < /dev/ttyS1
                cansend can0 123#01
                wait $dump
                ip -d link show can0 | grep -q 'state BUS-OFF'
                grep -i 'bus-off' /tmp/errors
                until ip -d link show can0 | grep -q 'state ERROR-ACTIVE'; do sleep 0.1; done
                cansend can0 124#02
                cansend can0 123#03
                ip link set can0 down
                ip link set can0 up
                cansend can0 123#04
                echo sent
                """,
        });
        using var bus = CanBus.Open(board, default);
        CanStation host = bus.Join("host");
        host.Start(TimeSpan.FromSeconds(1));
        await guest.Run.WaitForAsync("up\n", s_deadline, stop);
        bus.Join("one").InjectErrors(32);
        await guest.Run.SendLineAsync("go", stop);
        await guest.Run.WaitForAsync("sent\n", s_deadline, stop);
        WaitFor.Condition(() => bus.Head == 2, "two frames");
        await guest.CompletionAsync();
        Assert.True(host.TryReceive(out CanFrame third));
        Assert.True(host.TryReceive(out CanFrame fourth));
        Assert.Equal(["123#03", "123#04"], [third.ToString(), fourth.ToString()]);
    }

    [Fact]
    [Proves("can", "every frame between two guests exactly once while both are killed", "docs/architecture.md", With = "cangen, candump")]
    public async Task EveryFrameArrivesOnceWhileBothServersAreKilled()
    {
        int kills = CampaignSize.Of(ci: 8, full: 200);
        await using CanGuests guests = await CanGuests.BootAsync(fixture.Lab, Chatter("1A1", ""), Chatter("1A2", "-f"), TimeSpan.FromSeconds(240 + (kills * 8)));
        CancellationToken stop = TestContext.Current.CancellationToken;
        List<string> heard = [];
        using var done = new CancellationTokenSource();
        Task listening = ListenAsync(guests, heard, done.Token);
        foreach (ServedGuest guest in (ServedGuest[])[guests.First, guests.Second]) { await guest.Run.WaitForAsync("ready\n", s_deadline, stop); }
        foreach (ServedGuest guest in (ServedGuest[])[guests.First, guests.Second]) { await guest.Run.SendLineAsync("go", stop); }
        await guests.First.Run.WaitForAsync("sending\n", s_deadline, stop);
        await guests.Second.Run.WaitForAsync("sending\n", s_deadline, stop);
        try
        {
            await Task.WhenAll(guests.First.KillAsync("one", kills, new Random(kills)), guests.Second.KillAsync("two", kills, new Random(kills + 1)));
        }
        catch (TimeoutException failure)
        {
            throw new InvalidOperationException($"{failure.Message}\n{guests.First.Log}\n{guests.Second.Log}", failure);
        }
        foreach (ServedGuest guest in (ServedGuest[])[guests.First, guests.Second]) { await guest.Run.SendLineAsync("stop", stop); }
        foreach (ServedGuest guest in (ServedGuest[])[guests.First, guests.Second]) { await guest.Run.WaitForAsync("stopped\n", s_deadline, stop); }
        foreach (ServedGuest guest in (ServedGuest[])[guests.First, guests.Second]) { await guest.Run.SendLineAsync("count", stop); }
        string first = Counts(await guests.First.CompletionAsync());
        string second = Counts(await guests.Second.CompletionAsync());
        await done.CancelAsync();
        await listening;
        heard.AddRange(guests.HostReceives());
        Assert.Equal(first, second);
        foreach (string id in (string[])["1A1#", "1A2##0"])
        {
            string[] frames = [.. heard.Where(frame => frame.StartsWith(id, StringComparison.Ordinal)).Select(frame => frame[id.Length..])];
            Assert.True(frames.Length > 100, $"Only {frames.Length} frames of {id}");
            Assert.Equal(Enumerable.Range(0, frames.Length), frames.Select(Number));
            Assert.Contains($"{id[..3]} {frames.Length} ", first, StringComparison.Ordinal);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{heard.Count} frames over {2 * kills} kills\n{first}");
    }

    /// <summary>A guest that sends counted frames and writes down all that it sees: its own when they are acknowledged, and the other's.</summary>
    private static string Chatter(string id, string options) => $$"""
        ip link set can0 txqueuelen 1000
        candump -L -r 8000000 can0 > /tmp/all & dump=$!
        until grep -q can0 /proc/net/can/rcvlist_all; do sleep 0.1; done
        echo ready
        read line < /dev/ttyS1
        cangen can0 -g 5 -p 30000 -I {{id}} -L 8 -D i {{options}} & gen=$!
        echo sending
        read line < /dev/ttyS1
        kill -INT $gen; wait $gen || true
        until [ "$(cat /sys/class/net/can0/statistics/tx_packets)" = "${sent:-}" ]; do sent=$(cat /sys/class/net/can0/statistics/tx_packets); sleep 1; done
        echo stopped
        read line < /dev/ttyS1
        until [ "$(cat /sys/class/net/can0/statistics/rx_packets)" = "${got:-}" ]; do got=$(cat /sys/class/net/can0/statistics/rx_packets); sleep 1; done
        kill -INT $dump; wait $dump || true
        for i in 1A1 1A2; do
          cut -d' ' -f3 /tmp/all | grep "^$i#" > /tmp/of || true
          echo "$i $(wc -l < /tmp/of) $(sha256sum < /tmp/of)"
        done
        for n in tx_dropped tx_errors rx_dropped rx_errors; do [ "$(cat /sys/class/net/can0/statistics/$n)" = 0 ] || { echo "$n"; exit 1; }; done
        """;

    private static string Counts(GuestResult result) => result.Output[result.Output.IndexOf("1A1 ", StringComparison.Ordinal)..];

    /// <summary>cangen counts in the data, lowest byte first.</summary>
    private static int Number(string data) => BitConverter.ToInt32(Convert.FromHexString(data[..8]));

    private static async Task ListenAsync(CanGuests guests, List<string> heard, CancellationToken done)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (await timer.WaitForNextTickAsync(done)) { heard.AddRange(guests.HostReceives()); }
        }
        catch (OperationCanceledException)
        {
            // The last frames are taken by whoever cancelled.
        }
    }
}

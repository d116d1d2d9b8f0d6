using Stratos.Cli.Processes;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>The console device under Linux's virtio_console driver.</summary>
[Collection(LabCollection.Name)]
public sealed class ConsoleGuestTests(LabFixture fixture)
{
    [Fact]
    [Proves("console", "output and size", "5.3.6", With = "Linux virtio_console, stty")]
    public async Task LinesFromTheGuestReachTheFile()
    {
        var folder = new RunFolder();
        string output = folder.In("console.log");
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Console(output)], new GuestSpec
        {
            Script = """
                set -e
                exec 3<>/dev/hvc0
                stty raw -echo <&3
                stty size <&3
                for i in $(seq 1 500); do echo "line $i"; done >&3
                """,
        });
        GuestResult result = await guest.CompletionAsync();
        Assert.Contains("50 132", result.Output, StringComparison.Ordinal);
        Assert.Equal(string.Concat(Enumerable.Range(1, 500).Select(static i => $"line {i}\n")), await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken));
    }

    [Fact]
    [Proves("console", "nothing lost or repeated while the server is killed", "5.3.6", With = "Linux virtio_console")]
    public async Task NoLineIsLostOrRepeatedWhileTheServerIsKilled()
    {
        int kills = CampaignSize.Of(ci: 8, full: 200);
        var folder = new RunFolder();
        string output = folder.In("console.log");
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Console(output)], new GuestSpec
        {
            Deadline = TimeSpan.FromSeconds(60 + (kills * 6)),
            Script = """
                exec 3<>/dev/hvc0
                stty raw -echo <&3
                echo writing
                (read line < /dev/ttyS1; touch /tmp/stop) &
                n=0
                while [ ! -e /tmp/stop ]; do
                  echo "line $n of the console"
                  n=$((n+1))
                done >&3
                echo "lines $n"
                """,
        });
        await guest.Run.WaitForAsync("writing\n", TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await guest.KillAsync("con0", kills, new Random(kills));
        await guest.Run.SendLineAsync("stop", TestContext.Current.CancellationToken);
        GuestResult result = await guest.CompletionAsync();
        int lines = int.Parse(result.Output.Split("lines ")[1].Trim(), System.Globalization.CultureInfo.InvariantCulture);
        string[] written = await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, lines).Select(static i => $"line {i} of the console"), written);
    }

    [Fact]
    [Proves("console", "VIRTIO_CONSOLE_F_MULTIPORT, port names", "5.3.6.2", With = "Linux virtio_console")]
    public async Task EveryPortHasItsNameAndItsStream()
    {
        var folder = new RunFolder();
        string spec = $"console:con0,file={folder.In("console.log")},ports=trace=file:{folder.In("trace.log")},,audit=file:{folder.In("audit.log")}";
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [(spec, static socket => VhostUserDevice.Console(socket, ports: 3))], new GuestSpec
        {
            Script = """
                set -e
                find() { until grep -lx "$1" /sys/class/virtio-ports/*/name 2>/dev/null; do sleep 0.1; done | cut -d/ -f5; }
                trace=$(find trace)
                audit=$(find audit)
                [ "$trace" != "$audit" ]
                for i in $(seq 1 100); do echo "trace $i"; done > /dev/$trace
                for i in $(seq 1 100); do echo "audit $i"; done > /dev/$audit
                exec 3<>/dev/hvc0
                stty raw -echo <&3
                echo console >&3
                """,
        });
        await guest.CompletionAsync();
        Assert.Equal(Numbered("trace"), await File.ReadAllLinesAsync(folder.In("trace.log"), TestContext.Current.CancellationToken));
        Assert.Equal(Numbered("audit"), await File.ReadAllLinesAsync(folder.In("audit.log"), TestContext.Current.CancellationToken));
        Assert.Equal("console\n", await File.ReadAllTextAsync(folder.In("console.log"), TestContext.Current.CancellationToken));
    }

    private static IEnumerable<string> Numbered(string word) => Enumerable.Range(1, 100).Select(i => $"{word} {i}");

    private static (string, Func<string, VhostUserDevice>) Console(string output) =>
        ($"console:con0,file={output},columns=132,rows=50", static socket => VhostUserDevice.Console(socket));
}

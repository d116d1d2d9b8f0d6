using System.Globalization;
using Spectre.Console;
using Stratos.Cli.Devices;
using Stratos.Cli.Processes;
using Stratos.Lab;

namespace Stratos.Cli.Demo;

/// <summary>
/// The demonstration with a real guest: Linux under an unmodified QEMU uses a disk (fio with verification), an entropy
/// device and a console at the same time, while the process that serves them is killed.
/// </summary>
internal sealed class VmDemo(DemoLog log, Timeline timeline, int seed)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(300);

    private static readonly string Script = $$"""
        exec 3<>/dev/hvc0
        stty raw -echo <&3
        (read line < /dev/ttyS1; touch /tmp/stop) &
        (n=0; while [ ! -e /tmp/stop ]; do echo "{{Written("$n")}}" >&3; n=$((n+1)); done; echo $n > /tmp/lines) &
        (n=0; while [ ! -e /tmp/stop ]; do
          [ "$(dd if=/dev/hwrng bs=256 count=4 iflag=fullblock 2>/dev/null | wc -c)" = 1024 ] || echo short >> /tmp/short
          n=$((n+1)); done; echo $n > /tmp/reads) &
        echo running
        n=0
        while [ ! -e /tmp/stop ]; do
          fio --name=v --filename=/dev/vda --rw=randwrite --bs=4k --size=16m --iodepth=16 --ioengine=libaio --direct=1 --randseed=$n \
            --verify=crc32c --do_verify=1 --verify_fatal=1 --verify_state_save=0 --output=/tmp/fio.txt || { cat /tmp/fio.txt; exit 1; }
          n=$((n+1))
        done
        wait
        [ ! -e /tmp/short ] || { echo "reads of /dev/hwrng were short"; exit 1; }
        dmesg | grep -E 'I/O error|blk_update|hung_task' && exit 1
        echo "passes $n"
        echo "reads $(cat /tmp/reads)"
        echo "lines $(cat /tmp/lines)"
        """;

    /// <summary>Runs it.</summary>
    /// <returns>Whether nothing was lost, repeated or corrupted.</returns>
    /// <exception cref="LabUnavailableException">The guest's parts cannot be had; the message says what is missing.</exception>
    /// <exception cref="GuestException">The guest or QEMU failed.</exception>
    public async Task<bool> RunAsync(int kills, TimeSpan limit)
    {
        LabEnvironment lab = await LabEnvironment.EnsureAsync(new ErrorLines()).ConfigureAwait(false);
        using var folder = new RunFolder();
        string image = folder.In("disk.img");
        string console = folder.In("console.log");
        using (FileStream disk = File.Create(image)) { disk.SetLength(32 << 20); }
        ServedDevice[] devices = [Serve(folder, $"block:disk0,file={image}"), Serve(folder, "entropy:rng0"), Serve(folder, $"console:con0,file={console}")];
        await using LocalFabric fabric = LocalFabric.Start(new LocalFabricOptions { Folder = folder.Path, Devices = devices, Log = log.Take });
        await fabric.Standing.WaitForWorkersAsync(StartLimit).ConfigureAwait(false);
        AnsiConsole.MarkupLine("Booting Linux under QEMU; each device is served by the partition that is going to be killed.");
        await using GuestRun guest = await lab.BootAsync(new GuestSpec
        {
            Layers = [GuestLayer.Fio],
            Devices = [VhostUserDevice.Block(devices[0].Socket), VhostUserDevice.Rng(devices[1].Socket), VhostUserDevice.Console(devices[2].Socket)],
            Deadline = limit + TimeSpan.FromMinutes(3),
            Script = Script,
        }).ConfigureAwait(false);
        await guest.WaitForAsync("running\n", StartLimit).ConfigureAwait(false);
        int done = await KillAsync(fabric, guest, kills, limit).ConfigureAwait(false);
        await guest.SendLineAsync("stop").ConfigureAwait(false);
        GuestResult result = await guest.CompletionAsync().ConfigureAwait(false);
        return Tell(result, done, console);
    }

    private async Task<int> KillAsync(LocalFabric fabric, GuestRun guest, int kills, TimeSpan limit)
    {
        var random = new Random(seed);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Task ended = guest.CompletionAsync();
        int done = 0;
        while (done < kills && watch.Elapsed < limit && !ended.IsCompleted)
        {
            await fabric.Standing.WaitAsync(StartLimit).ConfigureAwait(false);
            await Task.Delay(random.NextDouble() * LongestPause).ConfigureAwait(false);
            timeline.Begin($"SIGKILL to process {fabric.Standing.Serving("disk0")}");
            fabric.KillServing("disk0");
            done++;
            AnsiConsole.MarkupLineInterpolated($"kill {done} of {kills}");
        }
        await fabric.Standing.WaitAsync(StartLimit).ConfigureAwait(false);
        timeline.End();
        return done;
    }

    private bool Tell(GuestResult result, int kills, string consoleFile)
    {
        string[] lines = File.ReadAllLines(consoleFile);
        int written = Number(result.Output, "lines ");
        bool whole = written == lines.Length
            && lines.Index().All(static line => line.Item == Written(line.Index.ToString(CultureInfo.InvariantCulture)));
        var table = new Table().Title("What the guest did").Border(TableBorder.Rounded).AddColumns("device", "used by", "account");
        table.AddRow("disk0", "fio, random writes, crc32c", result.ExitCode == 0 ? $"{Number(result.Output, "passes ")} passes written and verified" : "[red]failed[/]");
        table.AddRow("rng0", "reads of /dev/hwrng", $"{Number(result.Output, "reads ")} reads, none short");
        table.AddRow("con0", "lines to /dev/hvc0", whole ? $"{written} lines, each once and in order" : $"[red]{written} lines written, {lines.Length} in the file[/]");
        AnsiConsole.Write(table);
        DemoPrinter.PrintEvents(timeline.Last);
        bool clean = result.ExitCode == 0 && whole;
        if (!clean) { AnsiConsole.WriteLine(result.Output); }
        AnsiConsole.MarkupLine(clean
            ? $"[green]{kills} kills: the guest lost nothing and repeated nothing.[/]"
            : $"[red]{kills} kills, and the guest noticed; see above.[/]");
        return clean;
    }

    private static int Number(string output, string label)
    {
        int at = output.LastIndexOf(label, StringComparison.Ordinal);
        return at < 0 ? 0 : int.Parse(output.AsSpan(at + label.Length).Trim().ToString().Split('\n')[0], CultureInfo.InvariantCulture);
    }

    private static string Written(string number) => $"line {number} of the console";

    private static ServedDevice Serve(RunFolder folder, string text)
    {
        DeviceSpec spec = DeviceSpec.Parse(text);
        return new(spec.ToString(), spec.Name, folder.In($"{spec.Name}.sock"));
    }

    private sealed class ErrorLines : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}

using System.Collections.Concurrent;
using Stratos.Cli.Devices;
using Stratos.Cli.Processes;
using Stratos.Lab;

namespace Stratos.Guest.Tests;

/// <summary>A real guest whose devices are served by a keeper and partitions, all of them processes as in use.</summary>
public sealed class ServedGuest : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private readonly RunFolder _folder;
    private readonly ConcurrentQueue<string> _log;

    private ServedGuest(RunFolder folder, LocalFabric fabric, ConcurrentQueue<string> log, GuestRun run) =>
        (_folder, Fabric, _log, Run) = (folder, fabric, log, run);

    public LocalFabric Fabric { get; }

    public GuestRun Run { get; }

    /// <summary>Serves devices and boots a guest that has them.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="folder">Where the devices' files and sockets are; disposed with this.</param>
    /// <param name="devices">Each device as the program takes it, and as QEMU attaches it by its socket.</param>
    /// <param name="spec">The guest, without those devices.</param>
    public static async Task<ServedGuest> BootAsync(
        LabEnvironment lab, RunFolder folder, IReadOnlyList<(string Spec, Func<string, VhostUserDevice> Attach)> devices, GuestSpec spec)
    {
        var log = new ConcurrentQueue<string>();
        List<ServedDevice> served = [];
        List<GuestDevice> attached = [];
        foreach ((string text, Func<string, VhostUserDevice> attach) in devices)
        {
            string name = DeviceSpec.Parse(text).Name;
            VhostUserDevice device = attach(folder.In($"{name}.sock"));
            served.Add(new ServedDevice(text, name, device.Socket, Connect: device.QemuListens));
            attached.Add(device);
        }
        LocalFabric fabric = LocalFabric.Start(new LocalFabricOptions { Folder = folder.Path, Devices = served, Log = log.Enqueue });
        try
        {
            await fabric.Standing.WaitForWorkersAsync(StartLimit, TestContext.Current.CancellationToken);
            GuestRun run = await lab.BootAsync(spec with { Devices = [.. spec.Devices, .. attached] }, TestContext.Current.CancellationToken);
            return new(folder, fabric, log, run);
        }
        catch (Exception failure)
        {
            await fabric.DisposeAsync();
            folder.Dispose();
            throw new InvalidOperationException($"{failure.Message}\n--- the fabric said\n{string.Join('\n', log)}", failure);
        }
    }

    /// <summary>Kills whoever serves a device, again and again at random moments, each time when a standby is ready.</summary>
    /// <exception cref="InvalidOperationException">The guest's script ended meanwhile.</exception>
    public async Task KillAsync(string device, int kills, Random random)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        Task<GuestResult> ended = Run.CompletionAsync(stop);
        for (int done = 0; done < kills; done++)
        {
            await Fabric.Standing.WaitAsync(StartLimit, stop);
            Task moment = Moment(random, stop);
            if (await Task.WhenAny(ended, moment) == ended)
            {
                throw new InvalidOperationException($"after {done} kills the guest's script had ended\n--- output\n{Run.Snapshot().Output}\n{Log}");
            }
            Fabric.KillServing(device);
        }
        await Fabric.Standing.WaitAsync(StartLimit, stop);
    }

    /// <summary>The end of the guest; a failure tells what the fabric said.</summary>
    public async Task<GuestResult> CompletionAsync()
    {
        try
        {
            GuestResult result = await Run.CompletionAsync(TestContext.Current.CancellationToken);
            Assert.True(result.ExitCode == 0, $"the script ended with {result.ExitCode}\n--- output\n{result.Output}\n{Log}");
            return result;
        }
        catch (GuestException failure)
        {
            throw new InvalidOperationException($"{failure.Message}\n{Log}", failure);
        }
    }

    /// <summary>The last lines that keeper and partitions wrote.</summary>
    public string Log => $"--- the fabric said\n{string.Join('\n', _log.TakeLast(120))}";

    public async ValueTask DisposeAsync()
    {
        await Run.DisposeAsync();
        await Fabric.DisposeAsync();
        _folder.Dispose();
    }

    // A random moment is what is wanted here, not a condition: requests must be caught in every state.
    private static async Task Moment(Random random, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(random.Next(1, 400)));
        await timer.WaitForNextTickAsync(stop);
    }
}

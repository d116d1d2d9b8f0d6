using System.Diagnostics;

namespace Stratos.Lab.Tests;

/// <summary>QEMU's own vhost-user disk backend: a peer that shows that the lab's devices need only a socket.</summary>
internal sealed class StorageDaemon : IAsyncDisposable
{
    private readonly Process _process;

    private StorageDaemon(Process process, string socket)
    {
        _process = process;
        Socket = socket;
    }

    public string Socket { get; }

    public static async Task<StorageDaemon> StartAsync(LabEnvironment lab, string image, int queues, CancellationToken ct)
    {
        string socket = Path.Combine(Path.GetTempPath(), $"stratos-qsd-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo(lab.QemuStorageDaemon,
        [
            "--blockdev", $"driver=file,filename={image},node-name=disk",
            "--export", $"type=vhost-user-blk,id=disk,node-name=disk,writable=on,num-queues={queues},addr.type=unix,addr.path={socket}",
            "--chardev", "stdio,id=monitor", "--monitor", "monitor",
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("qemu-storage-daemon did not start.");
        var daemon = new StorageDaemon(process, socket);
        // The monitor greets when the export exists.
        if (await process.StandardOutput.ReadLineAsync(ct) is null)
        {
            await daemon.DisposeAsync();
            throw new InvalidOperationException("qemu-storage-daemon ended at once.");
        }

        return daemon;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(Socket);
    }
}

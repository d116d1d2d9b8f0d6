using System.Runtime.InteropServices;

namespace Stratos.Lab;

/// <summary>The lab of this machine: QEMUs, a kernel and file systems, built once and kept outside the tree.</summary>
public sealed class LabEnvironment
{
    private static readonly SemaphoreSlim Once = new(1);
    private static LabEnvironment? _ensured;

    private LabEnvironment(string root) => Root = root;

    /// <summary>The folder that holds the lab.</summary>
    public string Root { get; }

    /// <summary>The guest's kernel image.</summary>
    public string Kernel => Path.Combine(Root, "images", "bzImage");

    /// <summary>qemu-img of QEMU 11.1: a program of this machine, like the others here.</summary>
    public string QemuImg => Program("qemu-11.1", "qemu-img");

    /// <summary>qemu-storage-daemon of QEMU 11.1, with libblkio's drivers (virtio-blk-vhost-user and others).</summary>
    public string QemuStorageDaemon => Program("qemu-11.1", "qemu-storage-daemon");

    /// <summary>fio, for comparisons on this machine itself.</summary>
    public string Fio => Program("fio");

    /// <summary>dtc, the device tree compiler.</summary>
    public string DeviceTreeCompiler => Program("dtc");

    internal string BaseLayer => Path.Combine(Root, "images", "base.cpio.lz4");

    /// <summary>
    /// The lab, built first when it is not there yet or out of date: minutes the first time, under a second later.
    /// </summary>
    /// <param name="progress">Gets the lines that the build prints.</param>
    /// <param name="ct">Stops the build; it goes on from there the next time.</param>
    /// <exception cref="LabUnavailableException">The lab cannot be had here; the message says why and what to do.</exception>
    public static async Task<LabEnvironment> EnsureAsync(IProgress<string>? progress = null, CancellationToken ct = default)
    {
        await Once.WaitAsync(ct);
        try
        {
            return _ensured ??= new LabEnvironment(await BuildAsync(progress, ct));
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>The emulator of a version.</summary>
    public string Qemu(QemuVersion version) =>
        Program(version == QemuVersion.Bookworm ? "qemu-7.2" : "qemu-11.1", "qemu-system-x86_64");

    /// <summary>
    /// Starts a guest. It returns at once; a guest that cannot start says so in the first wait on the run.
    /// </summary>
    /// <exception cref="LabUnavailableException">QEMU could not be started at all.</exception>
    /// <exception cref="ArgumentException">The spec's device tree is wrong.</exception>
    public Task<GuestRun> BootAsync(GuestSpec spec, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return Task.Run(() => new GuestRun(this, spec), ct);
    }

    /// <summary>Starts a guest, waits for its end, and leaves nothing behind.</summary>
    /// <inheritdoc cref="GuestRun.CompletionAsync" path="/returns|/exception"/>
    public async Task<GuestResult> RunAsync(GuestSpec spec, CancellationToken ct = default)
    {
        await using GuestRun run = await BootAsync(spec, ct);
        return await run.CompletionAsync(ct);
    }

    internal string Layer(GuestLayer layer) => Path.Combine(Root, "images", layer switch
    {
        GuestLayer.Fio => "fio.cpio.lz4",
        GuestLayer.Ext4 => "ext4.cpio.lz4",
        GuestLayer.SelfTests => "selftests.cpio.lz4",
        GuestLayer.Rpmb => "rpmb.cpio.lz4",
        _ => throw new ArgumentOutOfRangeException(nameof(layer), layer, "The lab has no such layer."),
    });

    private string Program(params string[] path) => Path.Combine([Root, "bin", .. path]);

    private static async Task<string> BuildAsync(IProgress<string>? progress, CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
        {
            throw new LabUnavailableException("The lab needs Linux on x86-64: its programs are Debian's for amd64.");
        }

        var build = LabBuild.Find();
        await build.RunAsync(progress, ct);
        return await build.WhereAsync(ct);
    }
}

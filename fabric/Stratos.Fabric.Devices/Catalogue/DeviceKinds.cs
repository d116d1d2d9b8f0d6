using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Entropy;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Catalogue;

/// <summary>All kinds of device that the program can serve. A new device appears here and nowhere else.</summary>
public static class DeviceKinds
{
    /// <summary>The entropy device.</summary>
    public static DeviceKind Entropy { get; } = new(
        "entropy",
        VirtioDeviceId.Entropy,
        "random bytes for the guest (/dev/hwrng)",
        [new("file", "PATH", "take the bytes from this file, such as /dev/hwrng; default: the host's cryptographic generator")],
        static values => EntropyDevice.Create(new EntropyOptions { File = values.Text("file") }));

    /// <summary>The block device.</summary>
    public static DeviceKind Block { get; } = new(
        "block",
        VirtioDeviceId.Block,
        "a disk on a raw image, a block device of the host, or memory",
        [
            new("file", "PATH", "keep the data in this raw image or block device"),
            new("memory", "SIZE", "keep the data in memory of the serving process, such as 64M; gone with the process"),
            new("null", "SIZE", "store nothing, for benchmarks"),
            new("read-only", null, "refuse writes"),
            new("direct", null, "bypass the host's page cache"),
            new("serial", "TEXT", "serial number for the guest, up to 20 printable ASCII characters"),
            new("block-size", "BYTES", "logical block size, a power of two from 512 to 65536; default 512"),
            new("queues", "N", "number of request queues, 1 to 64; default 1"),
            new("queue-size", "N", "largest queue size, a power of two from 4 to 1024; default 256"),
            new("threads", "N", "threads that wait for the file, 1 to 64; default 4"),
        ],
        static values => BlockDevice.Create(ReadBlock(values)));

    /// <summary>The console device.</summary>
    public static DeviceKind Console { get; } = new(
        "console",
        VirtioDeviceId.Console,
        "a console (/dev/hvc0) and serial ports on files and terminals",
        ConsoleOptionTexts.Options,
        static values => ConsoleDevice.Create(ConsoleOptionTexts.Read(values)))
    {
        Launcher = ConsoleLauncher.Open,
    };

    /// <summary>All kinds, by ascending name.</summary>
    public static IReadOnlyList<DeviceKind> All { get; } = [Block, Console, Entropy];

    /// <summary>Finds a kind by its name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static DeviceKind Find(string name) =>
        All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new ArgumentException($"There is no device '{name}'. {NearestName.Suggest(name, [.. All.Select(static kind => kind.Name)])}");

    private static BlockOptions ReadBlock(DeviceOptionValues values)
    {
        BlockOptions standard = new();
        return new BlockOptions
        {
            File = values.Text("file"),
            Memory = values.Size("memory"),
            Null = values.Size("null"),
            ReadOnly = values.Flag("read-only"),
            Direct = values.Flag("direct"),
            Serial = values.Text("serial") ?? standard.Serial,
            BlockSize = (uint)values.Number("block-size", (int)standard.BlockSize),
            Queues = values.Number("queues", standard.Queues),
            QueueSize = values.Number("queue-size", standard.QueueSize),
            Threads = values.Number("threads", standard.Threads),
        };
    }
}

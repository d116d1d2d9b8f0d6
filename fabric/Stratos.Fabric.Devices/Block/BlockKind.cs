using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Block;

/// <summary>The kind <c>block</c>.</summary>
public static class BlockKind
{
    /// <summary>The kind: its options, and how a device is made from them.</summary>
    public static DeviceKind Kind { get; } = new(
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
        static values => BlockDevice.Create(Read(values)));

    private static BlockOptions Read(DeviceOptionValues values)
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

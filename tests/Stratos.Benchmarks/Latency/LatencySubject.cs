using Stratos.Cli.Processes;

namespace Stratos.Benchmarks.Latency;

/// <summary>A device whose answering time is measured, and the request that it answers.</summary>
/// <param name="Name">The kind of device.</param>
/// <param name="What">The request, for the table.</param>
/// <param name="Spec">The device as <c>stratos partition --device</c> takes it; its files go into the folder.</param>
/// <param name="Queue">The virtqueue.</param>
/// <param name="Request">The device-readable part.</param>
/// <param name="Answer">Bytes of the device-writable part.</param>
internal sealed record LatencySubject(string Name, string What, Func<RunFolder, string> Spec, int Queue, byte[] Request, int Answer)
{
    /// <summary>One request of each device, on what the host simulates.</summary>
    public static IReadOnlyList<LatencySubject> All { get; } =
    [
        new("entropy", "16 random bytes", static _ => "entropy:dut", 0, [], 16),
        new("block", "512 bytes from memory", static _ => "block:dut,memory=1M", 0, BlockRead(), 512 + 1),
    ];

    /// <summary>virtio 1.4, section 5.2.6: type VIRTIO_BLK_T_IN, sector 0.</summary>
    private static byte[] BlockRead() => new byte[16];
}

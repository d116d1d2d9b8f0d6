using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Driver;

/// <summary>A request as the played device read it from the ring.</summary>
internal sealed record PlayedRequest(ushort Id, int Descriptors, IReadOnlyList<DriverBuffer> Buffers);

/// <summary>A device played by hand, from the byte layouts of the specification: the least that a correct one does.</summary>
internal abstract class PlayedDevice
{
    public static PlayedDevice For(DriverBench bench, ulong features) =>
        (features & VirtioFeatures.RingPacked) != 0 ? new PlayedPackedDevice(bench) : new PlayedSplitDevice(bench);

    /// <summary>Takes the next available request, or null.</summary>
    public abstract PlayedRequest? Fetch();

    /// <summary>Marks a request used.</summary>
    public abstract void Use(PlayedRequest request, uint written);

    /// <summary>Marks several requests used in order, by one element that names the last.</summary>
    public abstract void UseBatch(IReadOnlyList<PlayedRequest> requests, uint writtenByLast);

    protected static DriverBuffer BufferAt(DriverBench bench, ulong descriptor, ushort flags) =>
        new(bench.At<ulong>(descriptor), bench.At<uint>(descriptor + 8), (flags & 2) != 0);
}
